import type { ReactNode } from 'react';
import classes from './page.module.css';

/** The scrolling body of a view, below its `ViewHeader`. `width="reading"` keeps lines short for forms and text. */
export function Page({ children, width = 'full' }: { readonly children: ReactNode; readonly width?: 'full' | 'reading' }) {
  return (
    <div className={classes.page} data-width={width}>
      <div className={classes.stack}>{children}</div>
    </div>
  );
}

/** A view from edge to edge: header, then a `Page` (or anything else that scrolls by itself). */
export function ViewFrame({ children }: { readonly children: ReactNode }) {
  return <div className={classes.frame}>{children}</div>;
}

/** Panels side by side where there is room. `main` gives the first twice the width. */
export function Columns({ children, shape = 'even' }: { readonly children: ReactNode; readonly shape?: 'even' | 'main' }) {
  return (
    <div className={classes.columns} data-shape={shape}>
      {children}
    </div>
  );
}
