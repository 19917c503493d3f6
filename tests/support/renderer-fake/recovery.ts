/** What the made-up gateway answers about dead letters and replays. A replay runs by the clock. */
import { type Replay, replaySchema } from '#contract/documents/replay.ts';
import { appError } from '#contract/errors.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { operations } from '#contract/operations/index.ts';
import type { Letter, ReplayPreview, ReplayReading } from '#contract/operations/replay.ts';
import { err, ok } from '#contract/result.ts';
import type { Handlers } from '#contract/service.ts';
import type { World } from './world.ts';

type Names =
  | 'deadLetter.search'
  | 'deadLetter.inspect'
  | 'deadLetter.dryRun'
  | 'deadLetter.edit'
  | 'deadLetter.discard'
  | `replay.${string}`;
type RecoveryHandlers = Pick<Handlers<typeof operations>, Extract<keyof typeof operations, Names>>;
type Rehearsal = OutputOf<(typeof operations)['deadLetter.dryRun']>;

const reasons = [
  ['rejected', 'user_data is empty: one of em, ph, fbp is needed', 'Order Completed'],
  ['rejected', 'currency must be one of the supported codes', 'Order Refunded'],
  ['server', '502 Bad Gateway after 12 attempts', 'Order Completed'],
  ['timeout', 'no answer within 10 s, 12 attempts', 'Cart Abandoned'],
] as const;

function lettersOf(destination: string, count: number, startedAt: number): Letter[] {
  return Array.from({ length: count }, (_, index): Letter => {
    const [why, detail, name] = reasons[index % 7 < 4 ? 0 : (index % 3) + 1] ?? reasons[0];
    return {
      seq: 9_410_000 - index * 13,
      gen: 0,
      at: startedAt - 60_000 - index * 41_000,
      attempts: why === 'rejected' ? 1 : 12,
      class: why,
      detail,
      messageId: `ajs-next-${1_763_708_712 - index * 41}-${(index * 7919).toString(16).padStart(8, '4f9c1e20')}`,
      source: index % 5 === 0 ? 'server' : 'web',
      type: 'track',
      name,
      receivedAt: startedAt - 600_000 - index * 41_000,
      bytes: 512 + ((index * 37) % 200),
    };
  }).map((letter) => ({ ...letter, seq: letter.seq + destination.length }));
}

const masked = {
  type: 'track',
  event: 'Order Completed',
  messageId: 'ajs-next-1763708712-4f9c1e20',
  userId: 'text(9)',
  properties: { total: 'text(5)', currency: 'text(3)', coupon: 'text(6)', products: [{ sku: 'text(8)', price: 'number' }] },
  context: { page: { url: 'text(41)' }, library: { name: 'text(12)' } },
};

function rehearsal(isEdited: boolean): Rehearsal {
  return {
    verdict: isEdited ? 'sent' : 'refused',
    detail: isEdited ? '' : 'total must be a number',
    request: isEdited
      ? {
          method: 'POST',
          url: 'https://graph.example/v21.0/events',
          headers: ['content-type', 'authorization', 'traceparent'],
          bytes: 812,
          body: {
            data: [{ event_name: 'text(8)', event_time: 'integer', user_data: { em: 'text(64)' }, custom_data: { value: 'number' } }],
          },
        }
      : null,
    plan: { verdict: isEdited ? 'valid' : 'quarantine', violations: isEdited ? [] : [{ path: '/total', message: 'must be number' }] },
    removed: ['context.page.url'],
    tooOld: false,
    dedupeKey: 'ajs-next-1763708712-4f9c1e20',
  };
}

export function recoveryHandlers(world: World): RecoveryHandlers {
  const letters = new Map<string, Letter[]>();
  const of = (destination: string): Letter[] => {
    const known = letters.get(destination);
    if (known !== undefined) return known;
    const made = lettersOf(destination, world.lanes.find(({ id }) => id === destination)?.dead ?? 0, world.startedAt);
    letters.set(destination, made);
    return made;
  };
  const replays = new Map<string, { by: string; reason: string; isStill: boolean }>();
  const seed = (id: string, value: Partial<Replay>, reason: string, isStill = false) => {
    const at = world.startedAt;
    const range = { type: 'range' as const, fromSeq: 9_100_000, throughSeq: 9_104_120, includeFiltered: false };
    world.put(
      'replay',
      id,
      replaySchema.parse({
        destination: 'hubspot',
        selection: range,
        pacePerSecond: 50,
        state: 'running',
        startedAt: at,
        selected: 4120,
        ...value,
      }),
      'Jon Okafor',
      reason,
    );
    replays.set(id, { by: 'Jon Okafor', reason, isStill });
  };
  if (world.lanes.length > 0) {
    seed('replay-8c1d', { destination: 'mixpanel', selected: 41_200, pacePerSecond: 400 }, 'their outage of 03:00');
    seed('replay-77aa', { destination: 'klaviyo', selected: 980 }, 'after their migration', true);
    const counts = { given: 1200, skipped: 12, delivered: 1197, failed: 3, ended: 0, open: 0 };
    seed(
      'replay-51f0',
      {
        selection: { type: 'deadLetters', filter: { class: 'server' } },
        state: 'done',
        selected: 1212,
        counts,
        endedAt: world.startedAt - 3_600_000,
      },
      '',
    );
  }
  const readingOf = (id: string, replay: Replay, isStill: boolean): ReplayReading => {
    const given = isStill
      ? 120
      : Math.min(replay.selected, Math.floor(((Date.now() - replay.startedAt) / 1000) * replay.pacePerSecond) + 800);
    const delivered = Math.max(0, given - 12);
    const failed = Math.floor(delivered / 400);
    const counts = replay.counts ?? {
      given,
      skipped: 0,
      delivered: Math.max(0, delivered - failed),
      failed,
      ended: 0,
      open: given - delivered,
    };
    const isGoing = replay.state === 'running' && !isStill;
    return {
      id,
      destination: replay.destination,
      state: replay.state,
      selected: replay.selected,
      counts,
      pacePerSecond: replay.pacePerSecond,
      perSecond: isGoing ? replay.pacePerSecond * 0.98 : 0,
      etaMs: isGoing ? ((replay.selected - given) / replay.pacePerSecond) * 1000 : null,
      waitsFor: replay.state === 'running' && isStill ? 'the destination is parked' : '',
    };
  };
  const steer = (id: string, values: Partial<Replay>) => {
    const known = world.newest('replay', id)?.value;
    if (known == null) return err(appError('DOCUMENT_NOT_FOUND', { id }));
    return ok({ revision: world.put('replay', id, { ...known, ...values }, 'operator', '').revision });
  };
  const preview = (selected: number, pacePerSecond: number, dead: number): ReplayPreview => ({
    selected,
    isEstimate: selected > 10_000,
    dead,
    leftAlone: 3,
    duplicates: {
      dedupe: 'event',
      windowMs: 172_800_000,
      mayHave: Math.floor(selected / 9),
      atRisk: Math.floor(selected / 60),
      note: 'Recognises an event by its event id.',
    },
    tooOld: Math.floor(selected / 40),
    today: { lookedAt: Math.min(selected, 1000), held: 0, dropped: 0, suppressed: Math.floor(selected / 70) },
    etaMs: (selected / pacePerSecond) * 1000,
    messagesPeople: false,
  });
  return {
    'deadLetter.search': ({ destination, filter, messageId, beforeSeq, limit, facets }) => {
      const all = of(destination);
      const fitting = all.filter(
        (letter) =>
          (filter.class === undefined || letter.class === filter.class) &&
          (filter.name === undefined || letter.name === filter.name) &&
          (filter.text === undefined || letter.detail.toLowerCase().includes(filter.text.toLowerCase())) &&
          (filter.fromMs === undefined || letter.at >= filter.fromMs) &&
          (filter.toMs === undefined || letter.at < filter.toMs) &&
          (messageId === undefined || letter.messageId === messageId),
      );
      const page = fitting.filter(({ seq }) => beforeSeq === undefined || seq < beforeSeq).slice(0, limit);
      const count = (read: (letter: Letter) => string) =>
        [...Map.groupBy(fitting, read)].map(([key, list]) => [key, list.length] as const).sort((a, b) => b[1] - a[1]);
      return ok({
        dead: all.length,
        facets: facets
          ? {
              total: fitting.length,
              classes: count((letter) => letter.class).map(([name, events]) => ({ class: name, events })),
              names: count((letter) => letter.name).map(([name, events]) => ({ name, events })),
            }
          : null,
        letters: page,
        next: page.length === limit ? (page.at(-1)?.seq ?? null) : null,
      });
    },
    'deadLetter.inspect': ({ destination, seq }) => {
      const letter = of(destination).find((each) => each.seq === seq);
      if (letter === undefined) return err(appError('DEAD_LETTER_NOT_FOUND', { seq }));
      return ok({
        letter,
        masked: { ...masked, event: letter.name },
        provenance: { schema: 'web@3' },
        dedupeKey: letter.messageId,
        dedupe: 'event' as const,
        dedupeNote: 'recognised by its event id for 48 hours',
        replays: [],
      });
    },
    'deadLetter.dryRun': ({ edit }) => ok(rehearsal(edit !== undefined)),
    'deadLetter.edit': ({ destination, seq }) => {
      letters.set(
        destination,
        of(destination).filter((letter) => letter.seq !== seq),
      );
      return ok({ messageId: 'ajs-next-edited-1', rehearsal: rehearsal(true) });
    },
    'deadLetter.discard': ({ destination, which, dryRun }) => {
      const fits = (letter: Letter) =>
        'seqs' in which ? which.seqs.includes(letter.seq) : which.filter.class === undefined || letter.class === which.filter.class;
      const chosen = of(destination).filter(fits);
      if (!dryRun)
        letters.set(
          destination,
          of(destination).filter((letter) => !fits(letter)),
        );
      const classes = [...Map.groupBy(chosen, (letter) => letter.class)].map(([name, list]) => ({ class: name, events: list.length }));
      return ok({ discarded: chosen.length, classes });
    },
    'replay.start': ({ destination, selection, pacePerSecond, dryRun, reason = '' }) => {
      const selected =
        selection.type === 'events' ? selection.seqs.length : selection.type === 'deadLetters' ? of(destination).length : 41_200;
      const counted = preview(selected, pacePerSecond, selection.type === 'range' ? 213 : selected);
      if (dryRun) return ok({ id: null, revision: 0, preview: counted });
      const id = `replay-${(replays.size + 4096).toString(16)}`;
      const kept = selection.type === 'events' || selection.type === 'deadLetters' ? selection : undefined;
      seed(id, { destination, ...(kept === undefined ? {} : { selection: kept }), pacePerSecond, selected, startedAt: Date.now() }, reason);
      return ok({ id, revision: 1, preview: counted });
    },
    'replay.pause': ({ id }) => steer(id, { state: 'paused' }),
    'replay.resume': ({ id, pacePerSecond }) => steer(id, { state: 'running', ...(pacePerSecond === undefined ? {} : { pacePerSecond }) }),
    'replay.cancel': ({ id }) => steer(id, { state: 'cancelled', endedAt: Date.now() }),
    'replay.list': ({ destination }) =>
      ok({
        replays: [...replays]
          .flatMap(([id, { by, reason, isStill }]) => {
            const value = world.newest('replay', id)?.value;
            const replay = replaySchema.safeParse(value);
            if (!replay.success || (destination !== undefined && replay.data.destination !== destination)) return [];
            const { startedAt, endedAt } = replay.data;
            return [{ by, reason, startedAt, endedAt, reading: readingOf(id, replay.data, isStill) }];
          })
          .reverse(),
      }),
  };
}
