/**
 * Who an event is about, as Meta wants it: normalised by field, then SHA-256 in lower-case hex; identifiers
 * of machines in the clear. Rules: developers.facebook.com, conversions-api/parameters/customer-information-parameters.
 */
import { hash } from 'node:crypto';
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { type Fields, objectAt, textAt } from '../fields.ts';

const hashed = /^[0-9a-f]{64}$/i;
const punctuation = /[\p{P}\p{S}]/gu;
const spaces = /\s+/g;

function plain(value: string): string {
  return value.toLowerCase().replace(punctuation, '').trim();
}

function birthDate(value: string): string {
  const digits = value.slice(0, 10).replace(/\D/g, '');
  return digits.length === 8 ? digits : '';
}

function postCode(value: string): string {
  const code = value.toLowerCase().replace(/[\s-]/g, '');
  return /^\d{9}$/.test(code) ? code.slice(0, 5) : code;
}

const normalisers = {
  em: (value: string) => value.trim().toLowerCase(),
  ph: (value: string) => value.replace(/\D/g, '').replace(/^0+/, ''),
  fn: plain,
  ln: plain,
  db: birthDate,
  ge: (value: string) => ({ f: 'f', m: 'm' })[value.trim().toLowerCase().slice(0, 1)] ?? '',
  ct: (value: string) => plain(value).replace(spaces, ''),
  st: (value: string) => plain(value).replace(spaces, ''),
  zp: postCode,
  country: (value: string) => (/^[a-z]{2}$/i.test(value.trim()) ? value.trim().toLowerCase() : ''),
  // Case may tell two people apart, so it stays.
  external_id: (value: string) => value.trim(),
} as const;
export type HashedField = keyof typeof normalisers;

/** Normalised and hashed; what is a hash already is not hashed twice. Null where nothing is left to hash. */
export function hashField(field: HashedField, value: string): string | null {
  const trimmed = value.trim();
  if (hashed.test(trimmed)) return trimmed.toLowerCase();
  const normal = normalisers[field](trimmed);
  return normal === '' ? null : hash('sha256', normal, 'hex');
}

/** Keys under which applications keep these, in Segment's spelling first. */
const personKeys: readonly (readonly [HashedField, readonly string[]])[] = [
  ['em', ['email']],
  ['ph', ['phone']],
  ['fn', ['firstName', 'first_name']],
  ['ln', ['lastName', 'last_name']],
  ['db', ['birthday', 'birth_date', 'date_of_birth']],
  ['ge', ['gender']],
];
const addressKeys: readonly (readonly [HashedField, readonly string[]])[] = [
  ['ct', ['city']],
  ['st', ['state', 'region']],
  ['zp', ['postalCode', 'postal_code', 'zip']],
  ['country', ['country']],
];

/** Traits say who acts; properties may speak of somebody else, so they come last. */
function placesOf(event: GatewayEvent): readonly Fields[] {
  return [objectAt(event.context, 'traits'), event.traits, event.properties];
}

function firstText(places: readonly Fields[], keys: readonly string[]): string | undefined {
  for (const place of places) {
    const value = textAt(place, ...keys);
    if (value !== undefined) return value;
  }
  return undefined;
}

function hashesOf(event: GatewayEvent): Record<string, readonly string[]> {
  const places = placesOf(event);
  const addresses = places.map((place) => objectAt(place, 'address'));
  const data: Record<string, readonly string[]> = {};
  const put = (field: HashedField, values: readonly (string | null | undefined)[]): void => {
    const hashes = values.flatMap((value) => (value ? (hashField(field, value) ?? []) : []));
    if (hashes.length > 0) data[field] = hashes;
  };
  for (const [field, keys] of personKeys) put(field, [firstText(places, keys)]);
  for (const [field, keys] of addressKeys) put(field, [firstText(addresses, keys)]);
  put('external_id', [event.userId, event.anonymousId]);
  return data;
}

export interface UserData {
  readonly data: Readonly<Record<string, unknown>>;
  /** Whether Meta can match it to anybody. */
  readonly isUsable: boolean;
}

const strongKeys = ['em', 'ph', 'external_id', 'fbc', 'fbp'];

/** `user_data` of an event. */
export function userDataOf(event: GatewayEvent): UserData {
  const places = placesOf(event);
  const data: Record<string, unknown> = { ...hashesOf(event) };
  const clear: Readonly<Record<string, string | undefined>> = {
    client_ip_address: textAt(event.context, 'ip'),
    client_user_agent: textAt(event.context, 'userAgent'),
    fbc: textAt(event.context, 'fbc') ?? firstText(places, ['fbc']),
    fbp: textAt(event.context, 'fbp') ?? firstText(places, ['fbp']),
  };
  for (const [key, value] of Object.entries(clear)) if (value !== undefined) data[key] = value;
  const isUsable = strongKeys.some((key) => key in data) || ('client_ip_address' in data && 'client_user_agent' in data);
  return { data, isUsable };
}
