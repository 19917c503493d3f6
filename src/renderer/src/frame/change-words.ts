/** Pure: what a change of a document says to a person. */
import { isMapping } from '#contract/documents/diff.ts';
import type { DocumentKind } from '#contract/documents/document.ts';
import { type SwitchMode, switchModes } from '#contract/documents/switch.ts';
import type { DocumentChange } from '#contract/operations/changes.ts';
import { type AuditContext, auditWords, targetWords } from './audit-words.ts';

/** How people call the documents of a kind; before the name of one. */
const kindWords: Partial<Readonly<Record<DocumentKind, string>>> = {
  switch: 'switch of',
  credential: 'credential of',
  settings: 'gateway settings',
  plan: 'tracking plan',
  redaction: 'redaction rules',
  consent: 'consent needed by',
  failover: 'endpoint of',
  breaker: 'breaker of',
  'restore-point': 'restore point',
  'playbook-run': 'playbook run',
};
/** Where the noun of an operation is not the kind that it writes. */
const kindOfNoun: Readonly<Record<string, string>> = { endpoint: 'failover' };

export function kindName(kind: DocumentKind): string {
  return kindWords[kind] ?? kind;
}

/** `flag checkout`, `gateway settings`, `credential of HubSpot`. */
export function documentName(kind: DocumentKind, id: string, context: Pick<AuditContext, 'destinationName'>): string {
  const words = kindName(kind);
  if (kind === 'settings') return words;
  const name = kind === 'destination' ? context.destinationName(id) : targetWords(`${kind}/${id}`, context);
  return `${words} ${name.startsWith(`${kind}/`) ? id : name}`;
}

type Told = Pick<DocumentChange, 'kind' | 'id' | 'revision' | 'action' | 'isNew' | 'isRemoved' | 'diff'>;

/** What was done to what, after who did it: `parked HubSpot`, `switched the flag checkout`. */
export function changeWords(change: Told, context: Pick<AuditContext, 'destinationName'>): string {
  const { kind, id, revision, action, isNew, isRemoved } = change;
  const noun = action.split('.')[0] ?? '';
  if (action === 'document.revert') return `took back a change to the ${documentName(kind, id, context)}`;
  // What is put or removed whole is told by what became of it.
  const isWhole = /\.(put|remove)$/.test(action);
  if (!isWhole && (kindOfNoun[noun] ?? noun) === kind && kind !== 'schedule') {
    const entry = { action, target: `${kind}/${id}`, outcome: 'applied', changes: [{ kind, id, revision, digest: '' }] };
    const { verb, object } = auditWords(entry, { ...context, switchMode: () => modeOf(change) });
    if (verb !== action) return `${verb} ${object}`.trim();
  }
  return `${isNew ? 'added' : isRemoved ? 'removed' : 'changed'} the ${documentName(kind, id, context)}`;
}

/** What a field is since this change; undefined where it was not touched. */
export function fieldNow({ diff }: Pick<DocumentChange, 'diff'>, name: string): unknown {
  for (const { path, after } of diff) {
    if (path.length === 1 && path[0] === name) return after;
    if (path.length === 0 && isMapping(after)) return after[name];
  }
  return undefined;
}

function modeOf(change: Told): SwitchMode | null {
  const mode = fieldNow(change, 'mode');
  return switchModes.find((each) => each === mode) ?? null;
}
