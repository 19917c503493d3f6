import { isActive, type Rollout } from '#contract/documents/rollout.ts';
import { age, toText } from '#renderer/ui/quantity.ts';
import { useNow } from '#renderer/ui/use-now.ts';
import classes from './rollouts.module.css';
import { percentText } from './words.ts';

type Phase = 'past' | 'now' | 'ended' | 'next';

/** The steps in their order, how far it is, and how much of the soak time of the present one is over. */
export function Steps({ rollout }: { readonly rollout: Rollout }) {
  const now = useNow();
  const { steps, step, since, state } = rollout;
  const phaseOf = (index: number): Phase => {
    if (state === 'done' || index < step) return 'past';
    return index > step ? 'next' : isActive(rollout) ? 'now' : 'ended';
  };
  return (
    <ol className={classes.steps} aria-label="Steps">
      {steps.map(({ percent, soakMs }, index) => {
        const phase = phaseOf(index);
        const soaked = phase === 'past' ? 1 : phase === 'now' && state === 'running' ? Math.min(1, (now - since) / Math.max(1, soakMs)) : 0;
        return (
          <li key={percent} className={classes.step} data-phase={phase} aria-current={phase === 'now' ? 'step' : undefined}>
            <strong>{percentText(percent)}</strong>
            <span className={classes.soak} aria-hidden="true">
              <span style={{ width: `${soaked * 100}%` }} />
            </span>
            <span className={classes.quiet}>{stepWords(phase, state, soakMs, now - since)}</span>
          </li>
        );
      })}
    </ol>
  );
}

function stepWords(phase: Phase, state: Rollout['state'], soakMs: number, passedMs: number): string {
  if (phase === 'past') return 'held';
  if (phase === 'ended') return state === 'reverted' ? 'taken back here' : 'ended here';
  if (phase === 'next') return `soaks ${toText(age(soakMs))}`;
  if (state === 'paused') return 'paused here';
  return passedMs < soakMs ? `${toText(age(soakMs - passedMs))} left of ${toText(age(soakMs))}` : 'soaked';
}
