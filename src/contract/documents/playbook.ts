/** Playbooks: what to do when something goes wrong, step by step; and runs of them, which people follow. */
import { z } from '../zod.ts';
import { nameSchema } from './source.ts';

const stepFields = {
  id: nameSchema,
  title: z.string().trim().min(1).max(200),
  /** What to look at, and how to tell that it is done. */
  note: z.string().max(2000).default(''),
};

/**
 * manual: a person does it and says so. command: an operation with its input, in which `{name}` stands for a parameter;
 * whoever follows the run sees its dry run first, and gives it.
 */
export const playbookStepSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('manual'), ...stepFields }),
  z.strictObject({
    type: z.literal('command'),
    ...stepFields,
    operation: z.string().regex(/^[a-zA-Z]+\.[a-zA-Z]+$/, 'must be the name of an operation'),
    input: z.record(z.string(), z.unknown()).default({}),
  }),
]);
export type PlaybookStep = z.output<typeof playbookStepSchema>;

const parameterSchema = z.strictObject({
  name: z.string().regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'use letters and digits, at most 40'),
  title: z.string().trim().min(1).max(100),
  type: z.enum(['destination', 'text']),
});

export const playbookSchema = z.strictObject({
  title: z.string().trim().min(1).max(100),
  /** When to use it. */
  description: z.string().max(1000).default(''),
  parameters: z.array(parameterSchema).max(10).default([]),
  steps: z.array(playbookStepSchema).min(1).max(100),
});
export type Playbook = z.output<typeof playbookSchema>;

export const stepStates = ['open', 'done', 'skipped', 'failed'] as const;
export type StepState = (typeof stepStates)[number];

const runStepSchema = z.strictObject({
  /** As the playbook had it when the run began: a playbook that is changed leaves its runs as they were. */
  step: playbookStepSchema,
  state: z.enum(stepStates).default('open'),
  /** Who said so; empty while it is open. */
  by: z.string().default(''),
  /** Epoch ms; null while it is open. */
  at: z.number().nullable().default(null),
  note: z.string().max(1000).default(''),
  /** Of the command that was given; null where none was. */
  commandId: z.string().nullable().default(null),
});
export type RunStep = z.output<typeof runStepSchema>;

export const playbookRunSchema = z.strictObject({
  playbook: nameSchema,
  title: z.string(),
  parameters: z.record(z.string(), z.string()),
  steps: z.array(runStepSchema),
  state: z.enum(['running', 'done', 'abandoned']),
  /** Epoch ms. */
  startedAt: z.number(),
  startedBy: z.string(),
  endedAt: z.number().nullable(),
});
export type PlaybookRun = z.output<typeof playbookRunSchema>;

/** An input with the parameters of a run in place of `{name}`. */
export function fillIn(input: unknown, parameters: Readonly<Record<string, string>>): unknown {
  if (typeof input === 'string')
    return input.replaceAll(/\{([a-z][A-Za-z0-9]*)\}/g, (text, name: string) =>
      Object.hasOwn(parameters, name) ? (parameters[name] ?? text) : text,
    );
  if (Array.isArray(input)) return input.map((item) => fillIn(item, parameters));
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(Object.entries(input).map(([key, value]) => [key, fillIn(value, parameters)]));
}
