import type { ReactNode } from 'react';
import classes from './table.module.css';

export interface Column<Row> {
  readonly id: string;
  readonly title: ReactNode;
  readonly align?: 'start' | 'end';
  /** CSS width: `120px`, `30%`. */
  readonly width?: string;
  readonly cell: (row: Row) => ReactNode;
}

export interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly onOpen?: (row: Row) => void;
  /** Shown in place of rows when there are none. */
  readonly empty?: ReactNode;
  readonly isDense?: boolean;
  /** Widths come from the columns alone, so that tables below each other line up; one column has none and takes the rest. */
  readonly isFixed?: boolean;
  /** The row whose details are open. */
  readonly isCurrent?: (row: Row) => boolean;
}

/** A plain table for up to some hundred rows. Rows that open do so by click and by Enter; arrows go from one to the next. */
export function Table<Row>({ label, columns, rows, rowKey, onOpen, empty, isDense = false, isFixed = false, isCurrent }: TableProps<Row>) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table} aria-label={label} data-dense={isDense || undefined} data-fixed={isFixed || undefined}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                data-align={column.align}
                style={column.width === undefined ? undefined : { width: column.width }}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.length === 0 && empty !== undefined ? (
            <tr>
              <td className={classes.none} colSpan={columns.length}>
                {empty}
              </td>
            </tr>
          ) : null}
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              aria-current={isCurrent?.(row) ? 'true' : undefined}
              {...(onOpen === undefined
                ? {}
                : {
                    tabIndex: 0,
                    className: classes.opens,
                    onClick: () => onOpen(row),
                    onKeyDown: (event: React.KeyboardEvent) => {
                      if (event.target !== event.currentTarget) return;
                      if (event.key === 'Enter') onOpen(row);
                      else moveFocus(event);
                    },
                  })}
            >
              {columns.map((column) => (
                <td key={column.id} data-align={column.align}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Arrows, Home and End among rows that open. */
function moveFocus(event: React.KeyboardEvent): void {
  const row = event.currentTarget;
  const target =
    event.key === 'ArrowDown'
      ? row.nextElementSibling
      : event.key === 'ArrowUp'
        ? row.previousElementSibling
        : event.key === 'Home'
          ? row.parentElement?.firstElementChild
          : event.key === 'End'
            ? row.parentElement?.lastElementChild
            : null;
  if (!(target instanceof HTMLElement)) return;
  event.preventDefault();
  target.focus();
}
