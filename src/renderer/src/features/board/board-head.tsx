// biome-ignore-all lint/a11y/useSemanticElements: a grid of virtual rows cannot be a table, whose rows must all be there
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names the active row
import { setQuery } from '#renderer/frame/router.ts';
import classes from './board.module.css';
import { type Sort, type SortKey, sortText } from './order.ts';

const columns: readonly {
  readonly id: string;
  readonly title: string;
  readonly sort?: SortKey;
  readonly hint?: string;
  readonly isEnd?: boolean;
}[] = [
  { id: 'state', title: 'State', sort: 'state', hint: 'and since when' },
  { id: 'name', title: 'Destination', sort: 'name' },
  { id: 'owner', title: 'With', hint: 'Who looks after it' },
  { id: 'rate', title: 'Delivered', sort: 'rate', hint: 'Mean of 10 s; the line shows two minutes, failures in red' },
  { id: 'errors', title: 'Errors', sort: 'errors', hint: 'Failed attempts of the last minute, and their most frequent class' },
  { id: 'p95', title: 'p95', sort: 'p95', hint: '95th percentile of delivery latency', isEnd: true },
  { id: 'waiting', title: 'Waiting', sort: 'waiting', hint: 'Events not yet sent', isEnd: true },
  { id: 'oldest', title: 'Oldest', sort: 'oldest', hint: 'Age of the oldest unsettled event', isEnd: true },
  { id: 'budget', title: 'Budget left', hint: 'Of the backlog budget' },
  { id: 'breaker', title: 'Breaker' },
  { id: 'verdict', title: 'Us or them', hint: 'Whose trouble it is; hover for why' },
  { id: 'why', title: 'Why' },
  { id: 'switch', title: 'Switch' },
];

/** First click sorts the way that is usually wanted: worst, most or oldest first, names from A. */
function nextSort(current: Sort, key: SortKey): Sort {
  if (current.key === key) return { key, isDescending: !current.isDescending };
  return { key, isDescending: key !== 'state' && key !== 'name' };
}

export function BoardHead({ sort }: { readonly sort: Sort }) {
  return (
    <div className={classes.head} role="row" aria-rowindex={1}>
      {columns.map((column) => {
        const isSorted = column.sort !== undefined && sort.key === column.sort;
        const { sort: key } = column;
        return (
          <div
            key={column.id}
            role="columnheader"
            className={`${classes[column.id] ?? ''} ${column.isEnd ? classes.end : ''}`}
            aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : undefined}
            title={column.hint}
          >
            {key === undefined ? (
              column.title
            ) : (
              <button
                type="button"
                className={classes.sort}
                data-on={isSorted || undefined}
                onClick={() => setQuery({ sort: sortText(nextSort(sort, key)) })}
              >
                {column.title}
                <span aria-hidden="true" className={classes.arrow}>
                  {isSorted ? (sort.isDescending ? '↓' : '↑') : ''}
                </span>
              </button>
            )}
          </div>
        );
      })}
    </div>
  );
}
