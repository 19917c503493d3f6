/** Following a playbook. What a step does is an operation of its own, given by whoever follows. */
import { playbookSchema, stepStates } from '../documents/playbook.ts';
import { nameSchema } from '../documents/source.ts';
import { commandFields, defineOperation } from '../operation.ts';
import { z } from '../zod.ts';

const changed = z.strictObject({ revision: z.number().int() });
const { expectedRevision: _ofOneDocument, ...common } = commandFields;
const runId = z.string().min(1).max(100);

export const playbookPut = defineOperation({
  name: 'playbook.put',
  title: 'Add or change a playbook',
  kind: 'command',
  permission: 'lead',
  input: z.strictObject({ ...commandFields, id: nameSchema, value: playbookSchema }),
  output: changed,
});

export const playbookStart = defineOperation({
  name: 'playbook.start',
  title: 'Start a playbook',
  kind: 'command',
  permission: 'operator',
  input: z.strictObject({ ...common, playbook: nameSchema, parameters: z.record(z.string(), z.string().max(200)).default({}) }),
  output: changed.extend({ run: z.string() }),
});

/** Says what became of a step. `open` takes that back. */
export const playbookStep = defineOperation({
  name: 'playbook.step',
  title: 'Say how a step went',
  kind: 'command',
  permission: 'operator',
  input: z.strictObject({
    ...commandFields,
    run: runId,
    step: nameSchema,
    state: z.enum(stepStates),
    note: z.string().trim().max(1000).default(''),
    /** Of the command that the step gave. */
    givenCommand: z.string().max(100).optional(),
  }),
  output: changed,
});

export const playbookEnd = defineOperation({
  name: 'playbook.end',
  title: 'End a run of a playbook',
  kind: 'command',
  permission: 'operator',
  input: z.strictObject({ ...commandFields, run: runId, state: z.enum(['done', 'abandoned']) }),
  output: changed,
});
