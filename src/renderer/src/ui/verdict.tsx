import type { Verdict } from '#contract/operations/verdict.ts';
import { Tag } from './tag.tsx';
import classes from './verdict.module.css';

/** What a verdict is called, and what it means. It is no state: it has no colour. */
export const verdictWords: Readonly<Record<Verdict, { readonly word: string; readonly meaning: string }>> = {
  fine: { word: 'Fine', meaning: 'No sign of trouble.' },
  us: { word: 'Us', meaning: 'Our side: credential, events, pace or gateway.' },
  them: { word: 'Them', meaning: 'The vendor’s side.' },
  network: { word: 'Network', meaning: 'The way between us and more than one vendor.' },
  unclear: { word: 'Unclear', meaning: 'Something is wrong, and the evidence does not say whose it is.' },
};

/** The verdict in a word; `title` says why. */
export function VerdictWord({ verdict, title }: { readonly verdict: Verdict; readonly title?: string }) {
  const { word, meaning } = verdictWords[verdict];
  if (verdict === 'fine')
    return (
      <span className={classes.fine} title={title ?? meaning}>
        {word}
      </span>
    );
  return <Tag title={title ?? meaning}>{word}</Tag>;
}
