import { Num } from './num.tsx';
import classes from './outcome-list.module.css';
import { exact } from './quantity.ts';
import type { MarkState } from './state.ts';
import { StatusMark } from './status-mark.tsx';

export interface OutcomeRow {
  readonly id: string;
  readonly mark: MarkState;
  readonly label: string;
  readonly count: number;
  /** Counted from a part. */
  readonly isEstimate?: boolean;
}

/** How many came, or would come, to what: one line each. */
export function OutcomeList({ rows }: { readonly rows: readonly OutcomeRow[] }) {
  return (
    <dl className={classes.outcome}>
      {rows.map(({ id, mark, label, count, isEstimate = false }) => (
        <div key={id}>
          <dt>
            <StatusMark state={mark} /> {label}
          </dt>
          <dd>
            {isEstimate ? '~' : ''}
            <Num of={exact(count)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
