/** Pure: a destination as its form holds it, and back. */
import { type Destination, destinationSchema } from '#contract/documents/destination.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { type Field, type FieldValues, settingsOf } from './schema-form.ts';

export type ConnectorInfo = OutputOf<Operations['connector.list']>['connectors'][number];

export interface DestinationDraft {
  readonly id: string;
  readonly name: string;
  readonly connector: string;
  readonly endpoint: string;
  readonly sources: readonly string[];
  readonly events: readonly string[];
  readonly tags: readonly string[];
  readonly enabled: boolean;
  readonly delivery: Destination['delivery'];
  readonly hold: Destination['hold'];
  readonly statusUrl: string;
  readonly statusComponent: string;
  readonly probe: NonNullable<Destination['probe']>;
  readonly settings: FieldValues;
}

const fresh = destinationSchema.parse({ name: 'x', connector: 'x' });

export function draftOf(value: Destination | null | undefined): DestinationDraft {
  const { name, connector, endpoint, sources, events, tags, enabled, delivery, hold } = value ?? { ...fresh, name: '', connector: '' };
  const judging = {
    statusUrl: value?.statusFeed?.url ?? '',
    statusComponent: value?.statusFeed?.component ?? '',
    probe: value?.probe ?? 'check',
  };
  return { id: '', name, connector, endpoint: endpoint ?? '', sources, events, tags, enabled, delivery, hold, ...judging, settings: {} };
}

export interface DraftResult {
  readonly value: Destination | null;
  /** What is wrong, by dotted path as the gateway writes it. */
  readonly problems: ReadonlyMap<string, string>;
}

/** The document to send. What the form does not show of the one before (owner, demo) is kept. */
export function destinationOf(draft: DestinationDraft, fields: readonly Field[], before: Destination | null | undefined): DraftResult {
  const { settings, problems } = settingsOf(fields, draft.settings);
  const { id: _id, settings: _settings, endpoint, statusUrl, statusComponent, probe, ...rest } = draft;
  const parsed = destinationSchema.safeParse({
    ...(before ?? {}),
    ...rest,
    endpoint: endpoint.trim() === '' ? undefined : endpoint.trim(),
    statusFeed: statusFeedOf(statusUrl.trim(), statusComponent.trim()),
    // The default is left out, so that a document says only what somebody decided.
    probe: probe === 'check' && before?.probe !== 'check' ? undefined : probe,
    settings,
  });
  const wrong = new Map([...problems].map(([name, problem]) => [`settings.${name}`, problem]));
  if (!parsed.success) for (const issue of parsed.error.issues) wrong.set(issue.path.map(String).join('.'), issue.message);
  return { value: parsed.success && wrong.size === 0 ? parsed.data : null, problems: wrong };
}

function statusFeedOf(url: string, component: string): Destination['statusFeed'] {
  if (url === '') return undefined;
  return component === '' ? { url } : { url, component };
}

/** Scheme, host and port that a credential would be bound to; null where the address is not one. */
export function originOf(endpoint: string): string | null {
  const url = URL.parse(endpoint);
  return url === null ? null : url.origin;
}

/** Whether saving makes the destination wait until its credential is bound again. */
export function changesOrigin(
  draft: Pick<DestinationDraft, 'endpoint'>,
  before: Destination | null | undefined,
  defaultEndpoint: string | null,
): boolean {
  if (before == null) return false;
  const was = originOf(before.endpoint ?? defaultEndpoint ?? '');
  const is = originOf(draft.endpoint.trim() === '' ? (defaultEndpoint ?? '') : draft.endpoint);
  return was !== is;
}
