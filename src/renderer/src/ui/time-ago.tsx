import { age, ago, roughAge, toText } from './quantity.ts';
import { absolute } from './time.ts';
import { useNow } from './use-now.ts';

/** `4 m ago` (or `4 m`, or `2 m 10 s` with `isFine`), with the absolute time on hover. */
export function TimeAgo({ at, style = 'ago' }: { readonly at: number; readonly style?: 'ago' | 'rough' | 'fine' }) {
  const elapsedMs = Math.max(0, useNow() - at);
  const text = style === 'ago' ? ago(elapsedMs) : toText(style === 'fine' ? age(elapsedMs) : roughAge(elapsedMs));
  return (
    <time dateTime={new Date(at).toISOString()} title={absolute(at)}>
      {text}
    </time>
  );
}
