import type { ForcedState } from '#contract/documents/breaker.ts';
import { command } from '#renderer/client/session.ts';
import { actWithUndo } from '../with-undo.ts';

const acts = {
  open: { act: 'Holding the breaker open', done: 'is held open: its events wait' },
  closed: { act: 'Holding the breaker closed', done: 'is held closed: everything is sent' },
  automatic: { act: 'Giving the breaker back', done: 'judges by itself again' },
} as const;

/** Makes a breaker stay open or closed, or gives it back (null). `before`: what Undo goes back to. */
export async function forceBreaker({
  id,
  name,
  state,
  reason,
  before,
}: {
  readonly id: string;
  readonly name: string;
  readonly state: ForcedState | null;
  readonly reason: string;
  readonly before: ForcedState | null;
}): Promise<void> {
  const { act, done } = acts[state ?? 'automatic'];
  await actWithUndo({
    toastId: `breaker ${id}`,
    act: `${act} of ${name}`,
    done: `The breaker of ${name} ${done}`,
    run: () => command('breaker.force', { destination: id, state, reason }),
    undo: ({ revision }) => command('breaker.force', { destination: id, state: before, expectedRevision: revision, reason: 'undo' }),
  });
}
