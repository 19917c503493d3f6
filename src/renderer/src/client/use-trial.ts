import { useEffect, useState } from 'react';
import type { AppError } from '#contract/errors.ts';
import type { InputOf, OutputOf } from '#contract/operation.ts';
import type { OperationName, Operations } from '#contract/operations/index.ts';
import { call, useLink } from './session.ts';

export interface Trial<T> {
  /** The newest answer; kept, and then no longer of what is typed, while the next is awaited. */
  readonly data: T | null;
  readonly error: AppError | null;
  /** False: `data` or `error` speak of what stands there now. */
  readonly isPending: boolean;
}

/** Tries what is being typed, a moment after the last key. Null: there is nothing to try. Nothing is kept but here. */
export function useTrial<N extends OperationName>(
  name: N,
  input: InputOf<Operations[N]> | null,
  delayMs = 250,
): Trial<OutputOf<Operations[N]>> {
  const key = JSON.stringify(input);
  const generation = useLink((link) => (link.phase === 'live' ? link.generation : 0));
  const [answer, setAnswer] = useState<{
    readonly key: string;
    readonly data: OutputOf<Operations[N]> | null;
    readonly error: AppError | null;
  }>({ key: '', data: null, error: null });
  // biome-ignore lint/correctness/useExhaustiveDependencies: input is compared by value
  useEffect(() => {
    if (input === null || generation === 0) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      void call(name, input, { signal: abort.signal }).then((result) => {
        if (!abort.signal.aborted)
          setAnswer(result.ok ? { key, data: result.value, error: null } : { key, data: null, error: result.error });
      });
    }, delayMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [name, key, generation, delayMs]);
  return { data: answer.data, error: answer.error, isPending: input !== null && answer.key !== key };
}
