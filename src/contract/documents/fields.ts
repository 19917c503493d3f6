import { z } from '../zod.ts';

/** A JSONPath of names, wildcards and indexes; no descent: a list must say where a field is. */
const fieldPath = /^\$\.(properties|traits|context)(\.[A-Za-z_\u0080-\uffff][\w\u0080-\uffff-]*|\.\*|\[(\*|\d{1,6}|'[^']{1,200}')\])*$/;

/**
 * Fields of properties, traits and context that a destination may get: `$.properties.total`,
 * `$.properties.products[*].sku`, `$.context.page`. Everything else stays behind when an event is encoded. Name, ids and times always go.
 */
export const fieldsSchema = z
  .array(z.string().max(300).regex(fieldPath, 'must be a path such as $.properties.total or $.context.page.url'))
  .max(500);
