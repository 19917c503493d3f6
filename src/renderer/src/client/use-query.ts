import { useCallback, useEffect, useRef, useState } from 'react';
import type { AppError } from '#contract/errors.ts';
import type { InputOf, OutputOf } from '#contract/operation.ts';
import type { OperationName, Operations } from '#contract/operations/index.ts';
import type { Result } from '#contract/result.ts';
import { call, useLink } from './session.ts';

export interface Query<T> {
  /** The newest answer; kept while a newer one is awaited and when a later try fails. */
  readonly data: T | null;
  /** Failure of the newest try. */
  readonly error: AppError | null;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/**
 * Asks the gateway when the component mounts, when `input` changes (by value), after each
 * reconnect and every `refreshMs`. Without a link it waits for one.
 */
export function useQuery<N extends OperationName>(
  name: N,
  input: InputOf<Operations[N]> | null,
  options: { readonly refreshMs?: number } = {},
): Query<OutputOf<Operations[N]>> {
  const key = JSON.stringify(input);
  const generation = useLink((link) => (link.phase === 'live' ? link.generation : 0));
  // biome-ignore lint/correctness/useExhaustiveDependencies: input is compared by value
  const ask = useCallback((signal: AbortSignal) => (input === null ? Promise.resolve(null) : call(name, input, { signal })), [name, key]);
  return useAnswer(ask, key, generation, options.refreshMs);
}

function useAnswer<T>(
  ask: (signal: AbortSignal) => Promise<Result<T> | null>,
  key: string,
  generation: number,
  refreshMs: number | undefined,
): Query<T> {
  const [state, setState] = useState<{
    readonly key: string;
    readonly data: T | null;
    readonly error: AppError | null;
    readonly isLoading: boolean;
  }>({ key, data: null, error: null, isLoading: true });
  const [turn, setTurn] = useState(0);
  const latest = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` asks again
  useEffect(() => {
    if (generation === 0) return;
    const mine = ++latest.current;
    const abort = new AbortController();
    setState((before) => (before.key === key ? { ...before, isLoading: true } : { key, data: null, error: null, isLoading: true }));
    void ask(abort.signal).then((answer) => {
      if (mine !== latest.current || answer === null) return;
      setState((before) =>
        answer.ok
          ? { key, data: answer.value, error: null, isLoading: false }
          : { key, data: before.data, error: answer.error, isLoading: false },
      );
    });
    return () => abort.abort();
  }, [ask, key, generation, turn]);
  useEffect(() => {
    if (refreshMs === undefined) return;
    const timer = setInterval(() => {
      if (!document.hidden) setTurn((before) => before + 1);
    }, refreshMs);
    return () => clearInterval(timer);
  }, [refreshMs]);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  return { data: state.data, error: state.error, isLoading: state.isLoading, reload };
}
