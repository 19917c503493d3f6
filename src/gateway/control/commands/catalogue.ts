import { operations } from '#contract/operations/index.ts';
import { topics } from '#contract/operations/topics.ts';
import { ok } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import type { ConnectorRegistry } from '#gateway/connectors/registry.ts';
import type { HandlersOf } from './context.ts';
import type { ControlDeps } from './deps.ts';

/** What this gateway can do: its connectors, operations and topics. Fixed for the life of the process, so drawn up once. */
export function catalogueQueries({ connectors }: ControlDeps): HandlersOf<'connector.list' | 'operation.list'> {
  const connectorList = { connectors: describeConnectors(connectors) };
  const operationList = describeOperations();
  return {
    'connector.list': () => ok(connectorList),
    'operation.list': () => ok(operationList),
  };
}

function describeConnectors(connectors: ConnectorRegistry) {
  return connectors.list().map((connector) => {
    const defaults = connector.settings.safeParse({});
    return {
      id: connector.id,
      title: connector.title,
      confirms: connector.confirms,
      dedupe: connector.dedupe,
      dedupeNote: connector.dedupeNote,
      maxBatch: connector.maxBatch,
      maxBodyBytes: connector.maxBodyBytes,
      freshnessMs: connector.freshnessMs,
      messagesPeople: connector.messagesPeople,
      notes: [...connector.notes],
      defaultEndpoint: defaults.success ? connector.defaultEndpoint(defaults.data) : null,
      settings: jsonSchema(connector.settings),
      credential: connector.credential.map(({ name, label, multiline }) => ({ name, label, multiline })),
      checkable: connector.check !== undefined,
    };
  });
}

function describeOperations() {
  return {
    operations: Object.values(operations).map(({ name, title, kind, permission, danger, audience, input }) => ({
      name,
      title,
      kind,
      permission,
      danger,
      audience,
      input: jsonSchema(input),
    })),
    topics: Object.values(topics).map(({ name, title, delivery }) => ({ name, title, delivery })),
  };
}

/** JSON Schema of what is typed in; parts that JSON Schema cannot say accept anything. */
function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}
