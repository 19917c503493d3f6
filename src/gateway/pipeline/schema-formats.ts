/** The formats of JSON Schema that event schemas use. Each is linear: they run on what anybody sends. */
import type { Format } from 'ajv';
import { hasPattern } from './find-patterns.ts';

const isoDate = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const isoTime = /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):?[0-5]\d)$/;
const uuid = /^(urn:uuid:)?[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const ipv4 = /^((25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(25[0-5]|2[0-4]\d|1?\d?\d)$/;

export const formats: Readonly<Record<string, Format>> = {
  date: isoDate,
  time: isoTime,
  'date-time': (text) => isoDate.test(text.slice(0, 10)) && /^[Tt ]$/.test(text.charAt(10)) && isoTime.test(text.slice(11)),
  uuid,
  ipv4,
  email: (text) => !/\s/.test(text) && text.split('@').length === 2 && hasPattern('email', text),
  uri: (text) => URL.canParse(text),
};
