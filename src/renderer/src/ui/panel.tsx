import { Children, type CSSProperties, type ReactNode, useId } from 'react';
import classes from './panel.module.css';

export interface PanelProps {
  readonly title: ReactNode;
  /** One quiet line after the title. */
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  /** Without padding, for tables and charts that reach the edge. */
  readonly isFlush?: boolean;
  readonly children: ReactNode;
}

/** A titled surface; a region for screen readers. */
export function Panel({ title, note, actions, isFlush = false, children }: PanelProps) {
  const id = useId();
  return (
    <section className={classes.panel} aria-labelledby={id}>
      <header className={classes.head}>
        <h2 id={id} className={classes.title}>
          {title}
        </h2>
        {note === undefined ? null : <span className={classes.note}>{note}</span>}
        {actions === undefined ? null : <div className={classes.actions}>{actions}</div>}
      </header>
      <div className={isFlush ? classes.flush : classes.body}>{children}</div>
    </section>
  );
}

/** The head of a view: its name, what it shows, its actions. */
export function ViewHeader({
  title,
  note,
  actions,
  lead,
}: {
  readonly title: ReactNode;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly lead?: ReactNode;
}) {
  return (
    <header className={classes.view}>
      {lead}
      <h1 className={classes.viewTitle}>{title}</h1>
      {note === undefined ? null : <span className={classes.note}>{note}</span>}
      {actions === undefined ? null : <div className={classes.actions}>{actions}</div>}
    </header>
  );
}

/** A label over one of the few numbers that matter. */
export function Stat({ label, children, note }: { readonly label: string; readonly children: ReactNode; readonly note?: ReactNode }) {
  return (
    <div className={classes.stat}>
      <dt className={classes.statLabel}>{label}</dt>
      <dd className={classes.statValue}>{children}</dd>
      {note === undefined ? null : <dd className={classes.statNote}>{note}</dd>}
    </div>
  );
}

/** Several `Stat`s in a row, divided by hairlines; in two even rows where one is too narrow. */
export function StatRow({ children }: { readonly children: ReactNode }) {
  const count = Children.toArray(children).length;
  // React sets it through the CSSOM, which the content security policy allows.
  const shape = { '--stats': count, '--half': Math.ceil(count / 2) } as CSSProperties;
  return (
    <dl className={classes.stats} style={shape}>
      {children}
    </dl>
  );
}

/** Label and value pairs, two columns. */
export function Facts({ items }: { readonly items: readonly { readonly label: string; readonly value: ReactNode }[] }) {
  return (
    <dl className={classes.facts}>
      {items.map((item) => (
        <div key={item.label} className={classes.fact}>
          <dt>{item.label}</dt>
          <dd>{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}
