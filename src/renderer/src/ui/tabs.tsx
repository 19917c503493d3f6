import type { ReactNode } from 'react';
import classes from './tabs.module.css';

export interface TabItem {
  readonly id: string;
  readonly title: ReactNode;
  readonly href: string;
  /** What waits there for a person; nothing is drawn for zero. */
  readonly count?: number;
}

/** Pages of one view as links, so that each has an address of its own. */
export function LinkTabs({
  label,
  items,
  current,
}: {
  readonly label: string;
  readonly items: readonly TabItem[];
  readonly current: string;
}) {
  return (
    <nav className={classes.tabs} aria-label={label}>
      {items.map((item) => (
        <a key={item.id} className={classes.tab} href={item.href} aria-current={item.id === current ? 'page' : undefined}>
          {item.title}
          {item.count ? <span className={classes.count}>{item.count}</span> : null}
        </a>
      ))}
    </nav>
  );
}
