import { z } from '../zod.ts';

/**
 * Fields of properties, traits and context that a destination may get, as JSONPaths: `$.properties.total`,
 * `$.properties.products[*].sku`, `$.context.page`. Everything else stays behind when an event is encoded. Name, ids and times always go.
 */
export const fieldsSchema = z
  .array(
    z
      .string()
      .max(300)
      .regex(/^\$\.(properties|traits|context)\b/, 'must begin with $.properties, $.traits or $.context'),
  )
  .max(500);
