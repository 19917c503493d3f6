export interface Column {
  readonly title: string;
  /** Numbers stand right. */
  readonly align?: 'left' | 'right';
}

/** A table of plain text, two spaces between columns, no trailing blanks. */
export function table(columns: readonly (Column | string)[], rows: readonly (readonly (string | number)[])[]): string {
  const heads = columns.map((column) => (typeof column === 'string' ? { title: column } : column));
  const cells = [heads.map(({ title }) => title), ...rows.map((row) => heads.map((_, index) => printable(String(row[index] ?? ''))))];
  const widths = heads.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const lines = cells.map((row) =>
    row
      .map((cell, index) => (heads[index]?.align === 'right' ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return lines.join('\n');
}

/** Event names come from anywhere: no control character may reach the terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '�');
}

export function right(title: string): Column {
  return { title, align: 'right' };
}
