/**
 * Every database of the data folder but the log's segments, in the order in which a backup copies them. No
 * transaction spans files, so the order matters: whatever one file says of another must be there in
 * the other's copy, which is taken later.
 *
 * - control.db before lanes.db: a destination that the documents know has its lane in the copy.
 * - people.db before the log; what a person chose since is taken over on restore where the old disk can be read.
 * - quarantine.db before the log: an event on its way from one to the other is in both, and deduped, never in none.
 * - lanes.db before the log: no cursor of the copy stands above its head.
 */
import { controlSchema } from '#gateway/control/store/sqlite-schema.ts';
import { lanesSchema } from '#gateway/log/sqlite/lanes-schema.ts';
import { peopleSchema } from '#gateway/people/people-rows.ts';
import { quarantineSchema } from '#gateway/quarantine/quarantine-schema.ts';
import { telemetrySchema } from '#gateway/telemetry/telemetry-schema.ts';
import type { DatabaseSchema } from './database-schema.ts';

export const databaseSchemas: readonly DatabaseSchema[] = [controlSchema, peopleSchema, quarantineSchema, telemetrySchema, lanesSchema];
