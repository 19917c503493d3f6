/**
 * The hold file: what a person on the gateway's host writes to stop deliveries when the
 * control port does not answer. One scope a line, as switches name them (`everything`,
 * `destination:hubspot`, `source:web`, `event:Order Completed`); a bare name is a destination.
 * `#` begins a comment line. A file with nothing in it at all holds everything, so that
 * `touch hold` is a stop; a file of comments only holds nothing.
 */
import { nameSchema } from './documents/source.ts';
import { type SwitchScope, scopeId } from './documents/switch.ts';

export interface HoldMistake {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export interface HoldFileContent {
  readonly holds: readonly SwitchScope[];
  /** Lines that say nothing known. Whoever acts on the file must hold everything then. */
  readonly mistakes: readonly HoldMistake[];
}

const maxEventName = 200;

export function parseHoldFile(text: string): HoldFileContent {
  const content = text.replace(/^\uFEFF/, '');
  if (content.trim() === '') return { holds: [{ type: 'everything' }], mistakes: [] };
  const holds = new Map<string, SwitchScope>();
  const mistakes: HoldMistake[] = [];
  content.split(/\r\n|\r|\n/).forEach((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return;
    const scope = parseScope(line);
    if (scope === null) mistakes.push({ line: index + 1, message: 'is not everything, destination:NAME, source:NAME or event:NAME' });
    else holds.set(scopeId(scope), scope);
  });
  return { holds: [...holds.values()], mistakes };
}

/** The text of a hold file, to be written whole. For no holds the file is to be removed instead. */
export function formatHoldFile(holds: readonly SwitchScope[]): string {
  return `# Sluice holds what is named here until the line, or the file, is removed.\n${holds.map((scope) => `${scopeId(scope)}\n`).join('')}`;
}

/** One line; null where it names no scope. */
function parseScope(line: string): SwitchScope | null {
  if (line === 'everything') return { type: 'everything' };
  const colon = line.indexOf(':');
  const [type, name] = colon < 0 ? ['destination', line] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
  if (type === 'event') return name.length > 0 && name.length <= maxEventName ? { type: 'event', event: name } : null;
  if (!nameSchema.safeParse(name).success) return null;
  if (type === 'destination') return { type: 'destination', destination: name };
  return type === 'source' ? { type: 'source', source: name } : null;
}
