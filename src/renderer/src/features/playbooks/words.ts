/** Pure: playbooks and their runs in words. */
import { fillIn, type PlaybookRun, type PlaybookStep, type RunStep, type StepState } from '#contract/documents/playbook.ts';
import type { Operation } from '#contract/operation.ts';
import { operations } from '#contract/operations/index.ts';
import { counted } from '#renderer/ui/quantity.ts';

export const stepWords: Readonly<Record<StepState, string>> = { open: 'to do', done: 'done', skipped: 'skipped', failed: 'failed' };
export const runWords: Readonly<Record<PlaybookRun['state'], string>> = { running: 'under way', done: 'done', abandoned: 'abandoned' };

/** `3 of 8 steps`. What was skipped or failed was looked at, too. */
export function progressWords({ steps }: Pick<PlaybookRun, 'steps'>): string {
  return `${steps.filter(({ state }) => state !== 'open').length} of ${counted(steps.length, 'step')}`;
}

/** The step that comes next; null where all were looked at. */
export function nextStep({ steps }: Pick<PlaybookRun, 'steps'>): RunStep | null {
  return steps.find(({ state }) => state === 'open') ?? null;
}

export interface StepCommand {
  readonly operation: Operation;
  readonly input: Readonly<Record<string, unknown>>;
}

/** What a command step gives, with the parameters of its run filled in; null for a manual one, or an operation that is no more. */
export function commandOf(step: PlaybookStep, parameters: PlaybookRun['parameters']): StepCommand | null {
  if (step.type === 'manual') return null;
  const operation = Object.values<Operation>(operations).find(({ name }) => name === step.operation);
  const input = fillIn(step.input, parameters);
  return operation === undefined || typeof input !== 'object' || input === null ? null : { operation, input: { ...input } };
}
