import type { ReactNode } from 'react';
import classes from './tag.module.css';

/** A small label that is not a state: `demo`, a plan, an owner's tag. */
export function Tag({
  children,
  title,
  look = 'plain',
}: {
  readonly children: ReactNode;
  readonly title?: string;
  readonly look?: 'plain' | 'dashed' | 'accent';
}) {
  return (
    <span className={classes.tag} data-look={look} title={title}>
      {children}
    </span>
  );
}

/** Initials of who looks after something. */
export function Person({ name }: { readonly name: string }) {
  const initials = name
    .split(/[\s._@-]+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
  return (
    <span className={classes.person} title={name}>
      <span className={classes.initials} aria-hidden="true">
        {initials}
      </span>
      <span className={classes.name}>{name}</span>
    </span>
  );
}

/** A count of what needs a person. Nothing is drawn for zero. */
export function Badge({ count, label }: { readonly count: number; readonly label: string }) {
  return count === 0 ? null : (
    <span className={classes.badge} title={label}>
      {count > 99 ? '99+' : count}
      <span className="visually-hidden"> {label}</span>
    </span>
  );
}
