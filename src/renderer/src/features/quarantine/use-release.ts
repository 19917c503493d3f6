import { useRef, useState } from 'react';
import { useCommand } from '#renderer/frame/use-command.ts';
import type { Meant } from './choice.ts';

/** Events that one command looks at. */
export const mostAtOnce = 10_000;

export interface Released {
  readonly released: number;
  readonly duplicate: number;
  readonly kept: number;
  readonly failed: number;
}

const nothing: Released = { released: 0, duplicate: 0, kept: 0, failed: 0 };

/** Releases in rounds until a round lets nothing out, is refused, or a person stops it. What was let out stays out. */
export function useRelease(choice: Meant, onDone: () => void) {
  const [step, setStep] = useState<'asking' | 'releasing' | 'done'>('asking');
  const [total, setTotal] = useState(nothing);
  const isStopped = useRef(false);
  const { state, run } = useCommand();
  const release = async (reason: string) => {
    setStep('releasing');
    let sum = nothing;
    for (let isMore = true; isMore && !isStopped.current; ) {
      const end = await run('quarantine.release', { ...choice, limit: mostAtOnce, ...(reason === '' ? {} : { reason }) });
      // A lost answer that took effect tells no figures: the next round finds what is left.
      const round = end.ok ? (end.value ?? nothing) : null;
      if (round !== null) {
        // What stays is looked at again in each round, so only the last one counts.
        sum = { ...round, released: sum.released + round.released, duplicate: sum.duplicate + round.duplicate };
        setTotal(sum);
      }
      isMore = round !== null && round.released + round.duplicate > 0 && round.kept + round.failed < mostAtOnce && choice.ids === undefined;
    }
    setStep('done');
    onDone();
  };
  return {
    step,
    total,
    state,
    start: (reason: string) => void release(reason),
    stop: () => {
      isStopped.current = true;
    },
  };
}
