/**
 * Plain JSON into the shape of a Segment track call, by JSON Pointers (RFC 6901). Pointers are
 * split once; a lookup walks own properties only, so a pointer can never reach a prototype.
 */
import { type Mapping, mappingSchema } from '#contract/documents/source.ts';

type Read = (body: unknown) => unknown;

export interface CompiledMapping {
  /** The track call that a plain body stands for; parts that are not found are left out. */
  toTrack(body: unknown): Readonly<Record<string, unknown>>;
}

/** Compiles a mapping; without one, the defaults of `mappingSchema` apply. */
export function compileMapping(mapping: Mapping | undefined): CompiledMapping {
  const pointers = mapping ?? mappingSchema.parse({});
  const parts: readonly (readonly [string, Read])[] = [
    ['event', pointer(pointers.event)],
    ['userId', pointer(pointers.userId)],
    ['anonymousId', optional(pointers.anonymousId)],
    ['messageId', optional(pointers.messageId)],
    ['timestamp', optional(pointers.timestamp)],
    ['properties', pointer(pointers.properties)],
  ];
  return {
    toTrack(body) {
      const track: Record<string, unknown> = { type: 'track' };
      for (const [name, read] of parts) {
        const value = read(body);
        if (value !== undefined && value !== null) track[name] = name === 'properties' ? asProperties(value) : value;
      }
      return track;
    },
  };
}

/** Reads what a JSON Pointer names; undefined where it names nothing. '' is the whole body. */
export function pointer(text: string): Read {
  const tokens = text
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  return (body) => {
    let value = body;
    for (const token of tokens) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined;
      value = Reflect.get(value, token);
    }
    return value;
  };
}

function optional(text: string | undefined): Read {
  return text === undefined ? () => undefined : pointer(text);
}

/** Properties are an object; a bare value that a pointer found is kept under `value`. */
function asProperties(value: unknown): unknown {
  return typeof value === 'object' && !Array.isArray(value) ? value : { value };
}
