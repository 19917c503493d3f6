/** Pure: an allow-list as it is typed, one path a line. */
import { fieldsSchema } from '#contract/documents/fields.ts';

export interface FieldLines {
  /** Null while a line is wrong. */
  readonly fields: readonly string[] | null;
  /** What is wrong, with its line from 1. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

/** Empty lines mean nothing; a path stands once. */
export function readFields(text: string): FieldLines {
  const lines = text.split('\n').map((line) => line.trim());
  const problems = lines.flatMap((line, index) => {
    if (line === '') return [];
    const parsed = fieldsSchema.safeParse([line]);
    return parsed.success ? [] : [{ line: index + 1, message: parsed.error.issues[0]?.message ?? 'is no path' }];
  });
  const fields = [...new Set(lines.filter((line) => line !== ''))];
  return { fields: problems.length === 0 ? fields : null, problems };
}
