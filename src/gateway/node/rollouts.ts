/** Guarded rollouts in a node: the autopilot hears each second of telemetry and moves what is due. */
import type { Guardrail } from '#contract/documents/guardrail.ts';
import { pointBefore } from '#gateway/control/restore/points.ts';
import { baselineOf } from '#gateway/guardrails/baseline.ts';
import { secondOf } from '#gateway/guardrails/measure.ts';
import { createAutopilot } from '#gateway/rollouts/autopilot.ts';
import { createRolloutHandlers } from '#gateway/rollouts/commands.ts';
import type { Telemetry } from '#gateway/telemetry/telemetry.ts';
import type { Closing } from './closing.ts';
import type { Logger } from './logger.ts';
import type { NodeState } from './state.ts';

export interface NodeRolloutParts {
  readonly state: Pick<NodeState, 'store' | 'log'>;
  readonly telemetry: Pick<Telemetry, 'observe' | 'history'>;
  readonly logger: Logger;
  readonly closing: Closing;
}

/** Points of history that a baseline is drawn from: each counts as one burst at most. */
const baselinePoints = 360;

export function openRollouts({ state, telemetry, logger, closing }: NodeRolloutParts): ReturnType<typeof createRolloutHandlers> {
  const { store, log } = state;
  const now = () => log.now();
  const autopilot = createAutopilot({
    store,
    now,
    failed: (rollout, { code }) => logger.warn({ rollout, code }, 'a rollout could not be moved; it is tried again'),
    bug: (error) => logger.error({ err: error }, 'bug in a rollout'),
  });
  closing.add(telemetry.observe((tick, window) => autopilot.tick(secondOf(tick, window))));

  async function baseline(guardrail: Guardrail) {
    const { subject, limit } = guardrail;
    if (limit.type !== 'before') return null;
    const to = Date.now();
    return baselineOf(guardrail, await telemetry.history(subject, to - limit.lastMs, to, baselinePoints));
  }
  return createRolloutHandlers({
    store,
    autopilot,
    now,
    baselines: (guardrails) => Promise.all(guardrails.map(baseline)),
    restorePoint: (changes, what) => pointBefore(store, changes, what),
  });
}
