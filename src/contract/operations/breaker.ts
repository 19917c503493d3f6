import { forcedStates } from '../documents/breaker.ts';
import { nameSchema } from '../documents/source.ts';
import { commandFields, defineOperation } from '../operation.ts';
import { breakerStates } from '../telemetry/breaker.ts';
import { z } from '../zod.ts';
import { blastRadiusSchema } from './switches.ts';

/**
 * Makes a breaker stay open or closed until it is given back. Open loses nothing: its events wait and use up no
 * attempts. Closed sends to a vendor that may be down, so it needs a reason.
 */
export const breakerForce = defineOperation({
  name: 'breaker.force',
  title: 'Hold a breaker open or closed',
  kind: 'command',
  permission: 'operator',
  danger: 'guarded',
  input: z.strictObject({
    ...commandFields,
    destination: nameSchema,
    /** null gives it back: it judges by itself again. */
    state: z.enum(forcedStates).nullable(),
  }),
  output: z.strictObject({
    /** Of the document `breaker/<destination>`. */
    revision: z.number().int(),
    /** What the breaker does now; in a dry run before the change. */
    effective: z.enum(breakerStates),
    /** What it measured and would do by itself. */
    measured: z.enum(breakerStates),
    preview: blastRadiusSchema,
  }),
});
