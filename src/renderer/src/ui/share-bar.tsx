import classes from './share-bar.module.css';

export interface Share {
  readonly name: string;
  readonly percent: number;
}

/** How something is divided, in one line: the first part in the accent, the others quieter. Words stand beside it. */
export function ShareBar({ label, shares }: { readonly label: string; readonly shares: readonly Share[] }) {
  return (
    <span className={classes.bar} role="img" aria-label={label}>
      {shares
        .filter(({ percent }) => percent > 0)
        .map(({ name, percent }) => (
          <span
            key={name}
            className={classes.part}
            data-first={name === shares[0]?.name || undefined}
            style={{ flexGrow: percent }}
            title={name}
          />
        ))}
    </span>
  );
}
