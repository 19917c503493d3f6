/** Edits the text of a hold file line by line, so that what a person wrote there stays. Pure. */
import { type SwitchScope, scopeId } from '#contract/documents/switch.ts';
import { formatHoldFile, parseHoldFile } from '#contract/hold-file.ts';

const everything: SwitchScope = { type: 'everything' };

/** The text with `scope` held too. `text: null` is an absent file. */
export function addHold(text: string | null, scope: SwitchScope): string {
  if (text === null) return formatHoldFile([scope]);
  // An empty file holds everything, and would no longer if it named one destination only.
  if (text.trim() === '') return formatHoldFile(scope.type === 'everything' ? [everything] : [everything, scope]);
  if (holdsOf(text).some((held) => scopeId(held) === scopeId(scope))) return text;
  return `${text}${/[\r\n]$/.test(text) ? '' : '\n'}${scopeId(scope)}\n`;
}

export interface HoldRemoval {
  /** null: the file is to be removed. */
  readonly text: string | null;
  readonly isRemoved: boolean;
  /** Still held by the file. Everything, where a line of it is not understood. */
  readonly left: readonly SwitchScope[];
}

/** The text without the lines that name `scope`. */
export function removeHold(text: string | null, scope: SwitchScope): HoldRemoval {
  if (text === null) return { text: null, isRemoved: false, left: [] };
  if (text.trim() === '') {
    return scope.type === 'everything' ? { text: null, isRemoved: true, left: [] } : { text, isRemoved: false, left: [everything] };
  }
  const lines = text.split(/(?<=\n)/);
  const kept = lines.filter((line) => !isScope(line, scope));
  const isRemoved = kept.length < lines.length;
  const left = kept.join('');
  // A file of nothing but comments was ours, or says nothing any more.
  const isOver = kept.every((line) => line.trim() === '' || line.trim().startsWith('#'));
  return { text: isOver && isRemoved ? null : left, isRemoved, left: isOver ? [] : holdsOf(left) };
}

function holdsOf(text: string): readonly SwitchScope[] {
  const { holds, mistakes } = parseHoldFile(text);
  return mistakes.length > 0 ? [everything] : holds;
}

function isScope(line: string, scope: SwitchScope): boolean {
  if (line.trim() === '') return false;
  const [held] = parseHoldFile(line).holds;
  return held !== undefined && scopeId(held) === scopeId(scope);
}
