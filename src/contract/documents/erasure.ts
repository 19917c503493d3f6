import { z } from '../zod.ts';

/**
 * How far a vendor is with erasing a person.
 *
 *   requested ──▶ sent ──▶ accepted ──▶ done
 *       │          │           │
 *       └──────────┴───────────┴──────▶ failed ──(tried again)──▶ requested
 *   notOffered: the vendor has no way to be asked, or it is switched off; a person sees to it.
 *
 * accepted: the vendor took the request and works on it, which may take it weeks.
 */
export const vendorErasureStates = ['requested', 'sent', 'accepted', 'done', 'failed', 'notOffered'] as const;

export const vendorErasureSchema = z.strictObject({
  destination: z.string(),
  connector: z.string(),
  state: z.enum(vendorErasureStates),
  /** done: whether the vendor said that the data is gone. False where it only takes requests, or where a person said so. */
  isConfirmed: z.boolean(),
  /** Epoch ms of the last change. */
  at: z.number(),
  /** Requests made, status questions not counted. */
  attempts: z.number().int(),
  /** Epoch ms at which the vendor is asked next; null where nothing is to be asked. */
  nextAt: z.number().nullable(),
  /** The vendor's own number of the request. */
  reference: z.string().nullable(),
  /** Masked, for people. */
  detail: z.string().max(300),
  /** What a person should do; empty where nothing. */
  suggestedAction: z.string().max(500),
});
export type VendorErasure = z.output<typeof vendorErasureSchema>;

/** What the gateway itself holds, by place: `log`, `lanes`, `quarantine`, `people`, `memory`. */
export const erasurePlaceSchema = z.strictObject({
  place: z.string().max(40),
  /** Things removed or ended there. */
  removed: z.number().int(),
});

/**
 * A person to be forgotten. The document's id is the keyed hash of the userId, or where there is none of the
 * anonymousId; the ids themselves are in no document. Written by `erasure.request` only.
 */
export const erasureSchema = z.strictObject({
  /** Keyed hashes of the person's ids. */
  people: z.array(z.string().max(40)).min(1).max(2),
  /** New events of the person are kept without content and sent nowhere until the erasure has ended. */
  alsoSuppress: z.boolean(),
  /** running: under way. attention: a vendor failed, a person must act. done: nothing is left to do for Sluice. */
  state: z.enum(['running', 'attention', 'done']),
  /** Epoch ms. */
  requestedAt: z.number(),
  local: z.strictObject({
    state: z.enum(['requested', 'done']),
    /** Epoch ms of the last change. Once done: events that came before it are gone, those after it are not meant. */
    at: z.number(),
    /** Why it is not done yet; empty otherwise. */
    detail: z.string().max(300),
    places: z.array(erasurePlaceSchema),
  }),
  destinations: z.array(vendorErasureSchema),
  endedAt: z.number().nullable(),
});
export type Erasure = z.output<typeof erasureSchema>;
