import { z } from './zod.ts';

/** Least to most. A role may do what every lesser role may. */
export const roles = ['viewer', 'operator', 'lead', 'admin'] as const;
export type Role = (typeof roles)[number];

/** safe: undoes nothing and loses nothing. guarded: may send or change much. critical: may lose events or widen trust. */
export type Danger = 'safe' | 'guarded' | 'critical';
/** Who may call: `view` is a renderer or the command line, `desk` is the console's main process only. */
export type Audience = 'view' | 'desk';

export interface Operation<Name extends string = string, In extends z.ZodType = z.ZodType, Out extends z.ZodType = z.ZodType> {
  /** `noun.verb` */
  readonly name: Name;
  /** What the palette and the reference call it. */
  readonly title: string;
  readonly kind: 'query' | 'command';
  readonly permission: Role;
  readonly danger: Danger;
  readonly audience: Audience;
  readonly input: In;
  readonly output: Out;
}

export function defineOperation<const Name extends string, In extends z.ZodType, Out extends z.ZodType>(
  definition: Omit<Operation<Name, In, Out>, 'danger' | 'audience'> & { readonly danger?: Danger; readonly audience?: Audience },
): Operation<Name, In, Out> {
  return { danger: 'safe', audience: 'view', ...definition };
}

export interface Topic<Name extends string = string, Params extends z.ZodType = z.ZodType, Item extends z.ZodType = z.ZodType> {
  /** `noun.event` */
  readonly name: Name;
  readonly title: string;
  readonly permission: Role;
  /** latest: newest wins under backpressure, drops are counted. lossless: resumes by seq after a reconnect. */
  readonly delivery: 'latest' | 'lossless';
  readonly params: Params;
  readonly item: Item;
}

export function defineTopic<const Name extends string, Params extends z.ZodType, Item extends z.ZodType>(
  definition: Topic<Name, Params, Item>,
): Topic<Name, Params, Item> {
  return definition;
}

export type InputOf<O> = O extends Operation<string, infer In, z.ZodType> ? z.input<In> : never;
export type ParsedInputOf<O> = O extends Operation<string, infer In, z.ZodType> ? z.output<In> : never;
export type OutputOf<O> = O extends Operation<string, z.ZodType, infer Out> ? z.output<Out> : never;
export type ItemOf<T> = T extends Topic<string, z.ZodType, infer Item> ? z.output<Item> : never;
export type ParamsOf<T> = T extends Topic<string, infer Params, z.ZodType> ? z.input<Params> : never;

/** Fields that every command takes beside its own. */
export const commandFields = {
  /** Why, for the audit. Required where events could be lost or released. */
  reason: z.string().trim().max(500).optional(),
  /** The revision the caller looked at; 0 means "there is none yet". A newer one answers DOCUMENT_CONFLICT. */
  expectedRevision: z.number().int().nonnegative().optional(),
  /** Answer what would happen, change nothing. */
  dryRun: z.boolean().default(false),
};
