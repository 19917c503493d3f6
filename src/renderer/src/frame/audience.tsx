import type { Flag } from '#contract/documents/flag.ts';
import { audienceOf, percentOf } from '#contract/documents/flag-share.ts';
import { ShareBar } from '#renderer/ui/share-bar.tsx';
import { audienceWords, leading } from './flag-words.ts';

/** Who gets what of a flag: in words, and as a bar where it is a share of everybody. */
export function Audience({ flag }: { readonly flag: Flag }) {
  const words = audienceWords(flag);
  const audience = flag.state === 'DISABLED' ? null : audienceOf(flag);
  const first = leading(flag);
  const names = [first, ...Object.keys(flag.variants).filter((name) => name !== first)];
  return (
    <>
      <span>{words}</span>
      {audience === null ? null : (
        <ShareBar
          label={`Of everybody: ${words}`}
          shares={names.map((name) => ({ name, percent: percentOf(audience.everybodyElse, name) }))}
        />
      )}
    </>
  );
}
