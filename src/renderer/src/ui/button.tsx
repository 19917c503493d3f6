import type { ComponentProps, ReactElement, ReactNode } from 'react';
import classes from './button.module.css';

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  /** primary: the one expected next step. grave: loses or releases events. quiet: no frame until hovered. */
  readonly look?: 'plain' | 'primary' | 'grave' | 'quiet';
  /** small is 24 px high, normal 28 px. */
  readonly size?: 'small' | 'normal';
  readonly icon?: ReactElement;
  /** Keys that do the same, shown inside: `Enter`. */
  readonly keys?: string;
  /** Shows that the act is under way and refuses another press. */
  readonly isBusy?: boolean;
  readonly children?: ReactNode;
}

/** A button that says what happens: “Park HubSpot”, not “OK”. */
export function Button({
  look = 'plain',
  size = 'normal',
  icon,
  keys,
  isBusy = false,
  children,
  className,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={className === undefined ? classes.button : `${classes.button} ${className}`}
      data-look={look}
      data-size={size}
      data-icon-only={children === undefined || undefined}
      aria-busy={isBusy || undefined}
      disabled={disabled || isBusy}
    >
      {icon}
      {children === undefined ? null : <span className={classes.text}>{children}</span>}
      {keys === undefined ? null : <kbd className={classes.keys}>{keys}</kbd>}
    </button>
  );
}

/** A square button with an icon; `label` is what a screen reader says and what hovering shows. */
export function IconButton({
  label,
  icon,
  look = 'quiet',
  ...rest
}: Omit<ButtonProps, 'children' | 'icon'> & { readonly label: string; readonly icon: ReactElement }) {
  return <Button {...rest} look={look} icon={icon} aria-label={label} title={rest.title ?? label} />;
}
