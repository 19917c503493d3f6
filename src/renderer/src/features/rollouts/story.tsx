import type { Rollout } from '#contract/documents/rollout.ts';
import shared from '#renderer/ui/shared.module.css';
import { Person } from '#renderer/ui/tag.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './rollouts.module.css';
import { deedText } from './words.ts';

/** What happened, newest first, with what the guardrails said then. */
export function Story({ rollout }: { readonly rollout: Rollout }) {
  return (
    <ol className={classes.story} aria-label="What happened">
      {rollout.evidence.toReversed().map((entry) => (
        <li key={`${entry.at} ${entry.did} ${entry.step}`} className={classes.entry}>
          <span className={shared.quiet}>
            <TimeAgo at={entry.at} />
          </span>
          <div>
            <p>
              {entry.by === 'rollout' ? 'The rollout' : <Person name={entry.by} />} <strong>{deedText(entry)}</strong>
            </p>
            <p className={classes.words}>{entry.why}</p>
            {entry.judged.length === 0 ? null : (
              <details className={classes.said}>
                <summary>What the guardrails said</summary>
                <ul>
                  {entry.judged.map(({ words }, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: two guardrails may say the same, and none ever moves
                    <li key={index}>{words}</li>
                  ))}
                </ul>
              </details>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}
