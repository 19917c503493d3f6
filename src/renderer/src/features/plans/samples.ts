/** Pure: a schema from an event that is right, and an event from a schema, so that nobody starts with an empty page. */
type Json = Readonly<Record<string, unknown>>;

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where a plan looks in an event: the traits of identify and group calls, else the properties. */
export function plannedPart(event: Json): Json {
  const part = event.type === 'identify' || event.type === 'group' ? event.traits : event.properties;
  return isJson(part) ? part : {};
}

/** A schema that an event like this one fits: every field that it has is required, and of its type. */
export function schemaFrom(value: unknown): Json {
  if (Array.isArray(value)) return value.length === 0 ? { type: 'array' } : { type: 'array', items: schemaFrom(value[0]) };
  if (isJson(value)) {
    const names = Object.keys(value);
    return {
      type: 'object',
      ...(names.length === 0 ? {} : { required: names }),
      properties: Object.fromEntries(names.map((name) => [name, schemaFrom(value[name])])),
    };
  }
  if (typeof value === 'number') return { type: 'number' };
  if (typeof value === 'string') return { type: 'string' };
  if (typeof value === 'boolean') return { type: 'boolean' };
  return {};
}

const deepest = 6;

/** A value that fits most schemas of this kind. */
export function valueFor(schema: unknown, depth = 0): unknown {
  if (!isJson(schema) || depth > deepest) return 'text';
  if ('const' in schema) return schema.const;
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return schema.enum[0];
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0];
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === 'object' || isJson(schema.properties)) return objectFor(schema, depth);
  if (type === 'array') return isJson(schema.items) ? [valueFor(schema.items, depth + 1)] : [];
  if (type === 'number' || type === 'integer') return typeof schema.minimum === 'number' ? schema.minimum : 1;
  if (type === 'boolean') return true;
  if (type === 'null') return null;
  return typeof schema.format === 'string' ? (formats[schema.format] ?? 'text') : 'text'.padEnd(lengthOf(schema), '…');
}

const formats: Readonly<Record<string, string>> = {
  email: 'ana@example.com',
  date: '2026-01-31',
  'date-time': '2026-01-31T12:00:00Z',
  uri: 'https://example.com/',
  uuid: '6f1f9a54-58c4-4e0b-9a2a-0c1b6a2f7d11',
};

function lengthOf(schema: Json): number {
  return typeof schema.minLength === 'number' ? Math.min(200, schema.minLength) : 0;
}

function objectFor(schema: Json, depth: number): Json {
  const properties = isJson(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const names = new Set([...Object.keys(properties), ...required]);
  return Object.fromEntries([...names].map((name) => [name, valueFor(properties[name], depth + 1)]));
}

/** A whole event of this name, as a sender would post it. */
export function eventFor(name: string, schema: unknown): Json {
  const part = objectFor(isJson(schema) ? schema : {}, 0);
  if (name === 'identify' || name === 'group')
    return { type: name, ...(name === 'group' ? { groupId: 'group-1' } : {}), userId: 'user-1', traits: part };
  if (name === 'alias') return { type: 'alias', userId: 'user-1', previousId: 'user-0' };
  return { type: 'track', event: name, userId: 'user-1', properties: part };
}
