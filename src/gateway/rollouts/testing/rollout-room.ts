import { type Flag, flagSchema } from '#contract/documents/flag.ts';
import { type Baseline, type Guardrail, guardrailSchema } from '#contract/documents/guardrail.ts';
import type { Rollout } from '#contract/documents/rollout.ts';
import { type AppError, appError } from '#contract/errors.ts';
import type { ParsedInputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { err, type Result } from '#contract/result.ts';
import type { CallContext } from '#contract/service.ts';
import type { DestinationTick } from '#contract/telemetry/tick.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import { createMemoryStore } from '#gateway/control/memory-store.ts';
import { hook } from '#gateway/control/testing/control-room.ts';
import { tickAt } from '#gateway/verdict/testing/ticks.ts';
import { createAutopilot } from '../autopilot.ts';
import { createRolloutHandlers } from '../commands.ts';

type StartInput = ParsedInputOf<Operations['rollout.start']>;

export const second = 1000;
export const atHook = { type: 'destination', id: 'hook' } as const;

/** At most 2 % of attempts at `hook` may fail. */
export const errorsRail = (more: Partial<Guardrail> = {}): Guardrail => ({
  ...guardrailSchema.parse({ metric: 'errors', subject: atHook, limit: { type: 'threshold', value: 0.02 }, windowMs: 60_000 }),
  ...more,
});

export const checkout: Flag = flagSchema.parse({
  variants: { on: true, off: false },
  defaultVariant: 'off',
  description: 'The new checkout',
});

export function callBy(by: string, commandId: string | null = null): CallContext {
  return { audience: 'view', by, commandId, signal: new AbortController().signal };
}

/** Documents, commands and autopilot without a gateway around them; a clock that is moved by hand. */
export function createRolloutRoom(baselines: readonly (Baseline | null)[] = [null]) {
  let at = 1_000_000 * second;
  const now = () => at;
  const store = createMemoryStore(now);
  const attribution = (by: string) => ({ by, action: 'test', target: 'test', reason: 'as the test wants it', commandId: null });
  const put = (value: Flag | null, by = 'ada') => {
    const written = store.commit([{ kind: 'flag', id: 'checkout', value }], attribution(by));
    if (!written.ok) throw new Error(written.error.code);
  };
  put(checkout);
  const settled = store.commit([{ kind: 'destination', id: 'hook', value: hook() }], attribution('ada'));
  if (!settled.ok) throw new Error(settled.error.code);
  const failures: AppError[] = [];
  let isDiskFull = false;
  const commit: DocumentStore['commit'] = (...change) => (isDiskFull ? err(appError('CONTROL_STORE_FAILED')) : store.commit(...change));
  const open = () =>
    createAutopilot({
      store: { ...store, commit },
      now,
      failed: (_, error) => failures.push(error),
      bug: (error) => {
        throw error;
      },
    });
  let autopilot = open();
  const steered = { judged: (id: string) => autopilot.judged(id), readings: () => autopilot.readings() };
  const handlers = createRolloutHandlers({
    store,
    autopilot: steered,
    now,
    baselines: async (guardrails) => guardrails.map((_, index) => baselines[index] ?? null),
    restorePoint: () => [],
  });
  const room = {
    store,
    handlers,
    failures,
    put,
    autopilot: steered,
    setDiskFull(isFull: boolean) {
      isDiskFull = isFull;
    },
    /** As after a crash: nothing is left but documents. */
    restart() {
      autopilot = open();
    },
    /** So many seconds in which the same happened at `hook`. */
    pass(seconds: number, parts: Partial<DestinationTick> = {}) {
      for (let passed = 0; passed < seconds; passed++) {
        at += second;
        autopilot.tick({ tick: tickAt(at, [{ id: 'hook', ...parts }]), latency: () => null });
      }
    },
    start: (more: Partial<StartInput> = {}, context = callBy('grace')) =>
      handlers['rollout.start'](
        {
          dryRun: false,
          flag: 'checkout',
          variant: 'on',
          steps: [1, 25, 100].map((percent) => ({ percent, soakMs: 30 * second })),
          guardrails: [errorsRail()],
          ...more,
        },
        context,
      ),
    rollout(): Rollout {
      const found = store.list('rollout').at(-1)?.value;
      if (found == null) throw new Error('there is no rollout');
      return found;
    },
    id: () => store.list('rollout').at(-1)?.id ?? '',
    flag: () => store.get('flag', 'checkout'),
    now,
  };
  return room;
}

/** 50 attempts in a second, of which so many fail. */
export const attempts = (failed: number): Partial<DestinationTick> => ({ delivered: 50 - failed, errors: { server: failed } });

export function given<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code} ${JSON.stringify(result.error.details)}`);
  return result.value;
}
