/** Handlers of the operations on erasures. Audit, documents and answers name a person by the keyed hash only. */
import type { Erasure, VendorErasure } from '#contract/documents/erasure.ts';
import { appError } from '#contract/errors.ts';
import { erasureRequest, erasureRetry, erasureSettle } from '#contract/operations/erasure.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { CallContext } from '#contract/service.ts';
import type { HandlersOf } from '#gateway/control/commands/context.ts';
import { findLiving } from '#gateway/control/commands/living.ts';
import { revisionOf, runCommand } from '#gateway/control/commands/run-command.ts';
import type { DocumentStore } from '#gateway/control/document-store.ts';
import type { PersonIds } from '#gateway/people/erasure-book.ts';
import type { People } from '#gateway/people/people.ts';
import { hasPattern } from '#gateway/pipeline/find-patterns.ts';
import type { Erasures } from './erasures.ts';
import { type PreviewDeps, previewErasure } from './preview.ts';
import type { VendorAsk } from './vendor-ask.ts';

export interface ErasureHandlerDeps {
  readonly store: DocumentStore;
  readonly people: People;
  readonly erasures: Erasures;
  readonly vendors: VendorAsk;
  readonly preview: PreviewDeps;
  /** Epoch ms. */
  now(): number;
}

type ErasureOperation = 'erasure.request' | 'erasure.list' | 'erasure.retry' | 'erasure.settle';

/** What a person types to erase. */
const eraseWord = 'erase';

export function createErasureHandlers(deps: ErasureHandlerDeps): HandlersOf<ErasureOperation> {
  return { ...requesting(deps), ...listing(deps), ...moving(deps) };
}

export function idsOf(input: { readonly userId?: string | undefined; readonly anonymousId?: string | undefined }): PersonIds {
  return { userId: input.userId ?? null, anonymousId: input.anonymousId ?? null };
}

/** The hashes of a person's ids; the first names the person. */
export function hashesOf(people: Pick<People, 'matchOf'>, { userId, anonymousId }: PersonIds): readonly [string, ...string[]] {
  const [first = '', ...rest] = people.matchOf([userId, anonymousId].filter((id) => id !== null)).people.map(({ person }) => person);
  return [first, ...rest];
}

function requesting(deps: ErasureHandlerDeps): HandlersOf<'erasure.request'> {
  const { store, people, erasures, vendors, preview, now } = deps;

  function erasureOf(hashes: readonly string[], alsoSuppress: boolean, requestedAt: number): Erasure {
    const entries = store.list('destination').map(({ id }) => entryOf(id, vendors, requestedAt));
    const local: Erasure['local'] = { state: 'requested', at: requestedAt, detail: '', places: [] };
    return { people: [...hashes], alsoSuppress, state: 'running', requestedAt, local, destinations: entries, endedAt: null };
  }

  return {
    async 'erasure.request'(input, context) {
      const ids = idsOf(input);
      const hashes = hashesOf(people, ids);
      const [id] = hashes;
      if (isPersonal(input.reason ?? '', ids)) return err(appError('REASON_PERSONAL'));
      const requestedAt = now();
      const value = erasureOf(hashes, input.alsoSuppress, requestedAt);
      const command = () =>
        runCommand(store, input, context, {
          operation: erasureRequest,
          target: `erasure/${id}`,
          confirm: { expected: eraseWord, typed: input.confirm },
          plan: () =>
            store.get('erasure', id)?.value?.state === 'running'
              ? err(appError('ERASURE_RUNNING', { id }))
              : ok({ changes: [{ kind: 'erasure', id, value }], stage: () => suppress(people, ids, requestedAt) }),
          answer: (documents) => ({ id, ...revisionOf(documents), preview: null }),
        });
      if (input.dryRun) {
        const planned = command();
        const previewed = planned.ok ? await previewErasure(preview, people.matchOf(hashes)) : planned;
        return planned.ok && previewed.ok ? ok({ ...planned.value, preview: previewed.value }) : previewed.ok ? planned : previewed;
      }
      return isKnown(store, context) ? command() : rememberAndRun(deps, id, ids, command, () => erasures.wake());
    },
  };
}

/** What vendors are asked with must be on disk before it is promised. A command that is refused leaves no ids behind. */
async function rememberAndRun<T>(
  { people, store }: Pick<ErasureHandlerDeps, 'people' | 'store'>,
  id: string,
  ids: PersonIds,
  command: () => Result<T>,
  begin: () => void,
): Promise<Result<T>> {
  // Of one that runs, the ids are there, and stay.
  if (store.get('erasure', id)?.value?.state === 'running') return command();
  const before = people.erasures.idsOf(id);
  const remembered = await people.erasures.remember(id, ids);
  if (!remembered.ok) return remembered;
  const done = command();
  if (!done.ok) {
    await (before === null ? people.erasures.forget(id) : people.erasures.remember(id, before));
    return done;
  }
  begin();
  const durable = await people.durable();
  return durable.ok ? done : durable;
}

function entryOf(destination: string, vendors: VendorAsk, now: number): VendorErasure {
  const { connector, isAsked, suggestedAction } = vendors.offer(destination);
  return {
    destination,
    connector,
    state: isAsked ? 'requested' : 'notOffered',
    isConfirmed: false,
    at: now,
    attempts: 0,
    nextAt: isAsked ? now : null,
    reference: null,
    detail: '',
    suggestedAction: isAsked ? '' : suggestedAction,
  };
}

/** In force before the erasure is written down: nothing of the person leaves any more. Who was suppressed before stays as they were. */
function suppress(people: People, { userId, anonymousId }: PersonIds, at: number): () => void {
  const fresh = [userId, anonymousId].filter((id) => id !== null).filter((id) => people.of(id).suppressed === null);
  people.suppress(fresh, 'deletion', at);
  return () => {
    for (const id of fresh) people.lift(id, at);
  };
}

/** The audit keeps reasons for ever. */
export function isPersonal(reason: string, { userId, anonymousId }: PersonIds): boolean {
  return hasPattern('email', reason) || [userId, anonymousId].some((id) => id !== null && id.length > 1 && reason.includes(id));
}

function isKnown(store: DocumentStore, { commandId }: CallContext): boolean {
  return commandId !== null && store.outcome(commandId) !== null;
}

function listing({ erasures, people }: ErasureHandlerDeps): HandlersOf<'erasure.list'> {
  return {
    'erasure.list'({ userId, anonymousId, state, after, limit }) {
      const ids = idsOf({ userId, anonymousId });
      const hashes = userId === undefined && anonymousId === undefined ? null : new Set(hashesOf(people, ids));
      const fitting = erasures.documents
        .all()
        .filter(
          ({ value }) =>
            (state === undefined || value.state === state) && (hashes === null || value.people.some((hash) => hashes.has(hash))),
        );
      const page = fitting.filter(({ id }) => id > after).slice(0, limit);
      return ok({ total: fitting.length, erasures: page.map(({ id, revision, value }) => ({ id, revision, value })) });
    },
  };
}

function moving({ store, people, erasures, now }: ErasureHandlerDeps): HandlersOf<'erasure.retry' | 'erasure.settle'> {
  /** Changes the vendors that are meant; none: ERASURE_NOT_OPEN. */
  function changed(id: string, isMeant: (entry: VendorErasure) => boolean, make: (entry: VendorErasure) => VendorErasure): Result<Erasure> {
    const found = findLiving(store, 'erasure', id);
    if (!found.ok) return found;
    const { value } = found.value;
    if (!value.destinations.some(isMeant)) return err(appError('ERASURE_NOT_OPEN', { id }));
    return ok({
      ...value,
      state: 'running',
      endedAt: null,
      destinations: value.destinations.map((entry) => (isMeant(entry) ? make(entry) : entry)),
    });
  }
  return {
    'erasure.retry'(input, context) {
      const { id, destination } = input;
      const done = runCommand(store, input, context, {
        operation: erasureRetry,
        target: `erasure/${id}`,
        plan() {
          const isMeant = (entry: VendorErasure) =>
            (destination === undefined || entry.destination === destination) &&
            (entry.state === 'failed' || (entry.state === 'notOffered' && destination !== undefined));
          const value = changed(id, isMeant, (entry) => ({ ...entry, state: 'requested', at: now(), nextAt: now(), suggestedAction: '' }));
          if (!value.ok) return value;
          if (people.erasures.idsOf(id) === null) return err(appError('ERASURE_PERSON_FORGOTTEN', { id }));
          return ok({ changes: [{ kind: 'erasure', id, value: value.value }] });
        },
        answer: revisionOf,
      });
      if (done.ok && !input.dryRun) erasures.wake();
      return done;
    },
    'erasure.settle'(input, context) {
      const { id, destination } = input;
      const done = runCommand(store, input, context, {
        operation: erasureSettle,
        target: `erasure/${id}/${destination}`,
        plan() {
          const isMeant = (entry: VendorErasure) => entry.destination === destination && entry.state !== 'done';
          const by = `done by hand, says ${context.by}`;
          const make = (entry: VendorErasure): VendorErasure => ({
            ...entry,
            state: 'done',
            at: now(),
            nextAt: null,
            detail: by,
            suggestedAction: '',
          });
          const value = changed(id, isMeant, make);
          return value.ok ? ok({ changes: [{ kind: 'erasure', id, value: value.value }] }) : value;
        },
        answer: revisionOf,
      });
      if (done.ok && !input.dryRun) erasures.wake();
      return done;
    },
  };
}
