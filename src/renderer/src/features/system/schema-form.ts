/**
 * Pure: a form from the JSON Schema that a connector gives of its settings. What the schema cannot say in a simple
 * field is typed as JSON; the gateway has the last word on every value.
 */
export type FieldKind = 'text' | 'choice' | 'flag' | 'number' | 'list' | 'map' | 'json';

export interface Field {
  readonly name: string;
  /** `Dataset id` from `datasetId`, or the schema's title. */
  readonly label: string;
  readonly kind: FieldKind;
  readonly isRequired: boolean;
  /** Description, default and form, in one line; may be empty. */
  readonly hint: string;
  readonly options: readonly string[];
  /** What the gateway takes where nothing is given. */
  readonly fallback: unknown;
}

/** What a field holds while it is edited: text for text, number, map (a line each) and JSON. */
export type FieldValue = string | boolean | readonly string[];
export type FieldValues = Readonly<Record<string, FieldValue>>;

type Json = Readonly<Record<string, unknown>>;

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Fields in the schema's order, required ones first. */
export function fieldsOf(schema: Json): readonly Field[] {
  const properties = isJson(schema.properties) ? schema.properties : {};
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const fields = Object.entries(properties).map(([name, part]) => fieldOf(name, isJson(part) ? part : {}, required.has(name)));
  return [...fields.filter((field) => field.isRequired), ...fields.filter((field) => !field.isRequired)];
}

function fieldOf(name: string, part: Json, isRequired: boolean): Field {
  const options = Array.isArray(part.enum) ? part.enum.filter((option) => typeof option === 'string') : [];
  const kind = kindOf(part, options);
  return {
    name,
    label: typeof part.title === 'string' ? part.title : labelOf(name),
    kind,
    isRequired,
    hint: hintOf(part, kind),
    options,
    fallback: part.default,
  };
}

function kindOf(part: Json, options: readonly string[]): FieldKind {
  if (options.length > 0) return 'choice';
  if (part.type === 'string') return 'text';
  if (part.type === 'boolean') return 'flag';
  if (part.type === 'number' || part.type === 'integer') return 'number';
  if (part.type === 'array' && isJson(part.items) && part.items.type === 'string') return 'list';
  if (part.type === 'object' && isJson(part.additionalProperties) && part.additionalProperties.type === 'string') return 'map';
  return 'json';
}

/** `actionSource` as people read it: `Action source`. */
export function labelOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  const sentence = words.charAt(0).toUpperCase() + words.slice(1);
  return sentence.replace(/\b(api|url)\b/gi, (word) => word.toUpperCase());
}

function hintOf(part: Json, kind: FieldKind): string {
  const said = typeof part.description === 'string' ? [part.description] : [];
  const form = kind === 'map' ? ['one a line: yours = theirs'] : kind === 'json' ? ['JSON'] : [];
  const shown = kind === 'text' || kind === 'number' || kind === 'choice' ? part.default : undefined;
  return [...said, ...form, ...(shown === undefined || shown === '' ? [] : [`default ${String(shown)}`])].join('; ');
}

/** What the form starts with: the settings that there are, else the defaults. */
export function valuesOf(fields: readonly Field[], settings: Json): FieldValues {
  return Object.fromEntries(fields.map((field) => [field.name, toField(field, settings[field.name] ?? field.fallback)]));
}

function toField(field: Field, value: unknown): FieldValue {
  switch (field.kind) {
    case 'flag':
      return value === true;
    case 'list':
      return Array.isArray(value) ? value.map(String) : [];
    case 'map':
      return isJson(value)
        ? Object.entries(value)
            .map(([key, each]) => `${key} = ${String(each)}`)
            .join('\n')
        : '';
    case 'json':
      return value === undefined ? '' : JSON.stringify(value, null, 2);
    default:
      return value === undefined || value === null ? '' : String(value);
  }
}

export interface Filled {
  readonly settings: Json;
  /** What cannot be sent as it stands, by field name. */
  readonly problems: ReadonlyMap<string, string>;
}

/** Settings as typed. What is empty and not required is left out, so that the gateway's default holds. */
export function settingsOf(fields: readonly Field[], values: FieldValues): Filled {
  const settings: Record<string, unknown> = {};
  const problems = new Map<string, string>();
  for (const field of fields) {
    const read = fromField(field, values[field.name] ?? '');
    if ('problem' in read) problems.set(field.name, read.problem);
    else if (read.value !== undefined) settings[field.name] = read.value;
    else if (field.isRequired) problems.set(field.name, 'is needed');
  }
  return { settings, problems };
}

type Read = { readonly value: unknown } | { readonly problem: string };

function fromField(field: Field, value: FieldValue): Read {
  if (typeof value !== 'string') return { value };
  const text = value.trim();
  if (text === '') return { value: undefined };
  if (field.kind === 'number') return Number.isFinite(Number(text)) ? { value: Number(text) } : { problem: 'must be a number' };
  if (field.kind === 'map') return readMap(text);
  if (field.kind === 'json') return readJson(text);
  return { value: text };
}

function readMap(text: string): Read {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => [line.slice(0, line.indexOf('=')).trim(), line.slice(line.indexOf('=') + 1).trim()] as const);
  const wrong = lines.find((line, index) => !line.includes('=') || pairs[index]?.[0] === '' || pairs[index]?.[1] === '');
  return wrong === undefined ? { value: Object.fromEntries(pairs) } : { problem: `“${wrong.trim()}” is not “yours = theirs”` };
}

function readJson(text: string): Read {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return { problem: 'is not valid JSON' };
  }
}
