/**
 * What a peer serves: a table of operations and topics with exactly one handler or feed each.
 * The compiler proves that for literal tables; `createService` proves it again at start, for
 * tables that were put together at run time.
 */
import type { AppError } from './errors.ts';
import type { Audience, Operation, OutputOf, ParsedInputOf, Topic } from './operation.ts';
import type { Result } from './result.ts';
import type { z } from './zod.ts';

/** Who is asking, as the host established it; never what the caller says of itself. */
export interface Caller {
  readonly audience: Audience;
  /** For the audit: an operator, `console`, `cli` ... */
  readonly by: string;
}

export interface CallContext extends Caller {
  /** Set for every command, null for queries. */
  readonly commandId: string | null;
  /** Aborted when the caller cancels, its deadline passes or its link closes. */
  readonly signal: AbortSignal;
}

export type OperationTable = Readonly<Record<string, Operation>>;
export type TopicTable = Readonly<Record<string, Topic>>;

export type Handlers<Ops> = {
  readonly [N in keyof Ops]: (
    input: ParsedInputOf<Ops[N]>,
    context: CallContext,
  ) => Result<OutputOf<Ops[N]>> | Promise<Result<OutputOf<Ops[N]>>>;
};

/** Where a feed puts its items. After `end`, or once the subscriber left, calls do nothing. */
export interface Sink {
  /**
   * Sends items. `seq` is that of the last of them; a lossless feed gives its own, so that a
   * subscriber can resume after it. Without one, frames are numbered from 1.
   */
  push(items: readonly unknown[], seq?: number): void;
  /** As `push`, with the JSON text of the array, serialised once for all subscribers. */
  pushJson(itemsJson: string, seq?: number): void;
  /** Ends the subscription, after what was pushed has been sent. */
  end(error?: AppError): void;
}

export type ParsedParamsOf<T> = T extends Topic<string, infer Params, z.ZodType> ? z.output<Params> : never;

/** A feed starts sending and returns what stops it. `afterSeq`: the subscriber has everything up to there; null: nothing. */
export type Feeds<Tops> = {
  readonly [N in keyof Tops]: (params: ParsedParamsOf<Tops[N]>, sink: Sink, afterSeq: number | null) => () => void;
};

interface ServedOperation {
  readonly operation: Operation;
  readonly handle: (input: unknown, context: CallContext) => Result<unknown> | Promise<Result<unknown>>;
}
interface ServedTopic {
  readonly topic: Topic;
  readonly feed: (params: unknown, sink: Sink, afterSeq: number | null) => () => void;
}

/** Operations and topics by name. Maps, so that `__proto__` is just an unknown name. */
export interface Service {
  readonly operations: ReadonlyMap<string, ServedOperation>;
  readonly topics: ReadonlyMap<string, ServedTopic>;
}

/**
 * Pairs each operation with its handler and each topic with its feed. Throws where one is
 * missing, too many, or listed under another name than its own.
 */
export function createService<Ops extends OperationTable, Tops extends TopicTable>(table: {
  readonly operations: Ops;
  readonly handlers: Handlers<Ops>;
  readonly topics: Tops;
  readonly feeds: Feeds<Tops>;
}): Service {
  const operations = new Map<string, ServedOperation>();
  for (const [operation, handle] of pair('operation', table.operations, table.handlers)) {
    // The pairing is by name and input is parsed with this operation's schema, so the type erased here holds.
    operations.set(operation.name, { operation, handle: handle as ServedOperation['handle'] });
  }
  const topics = new Map<string, ServedTopic>();
  for (const [topic, feed] of pair('topic', table.topics, table.feeds)) {
    topics.set(topic.name, { topic, feed: feed as ServedTopic['feed'] });
  }
  return { operations, topics };
}

function pair<Entry extends { readonly name: string }>(
  what: string,
  table: Readonly<Record<string, Entry>>,
  functions: object,
): readonly (readonly [Entry, unknown])[] {
  const given = new Map<string, unknown>(Object.entries(functions));
  const pairs = Object.entries(table).map(([key, entry]) => {
    if (entry.name !== key) throw new Error(`${what} ${entry.name} is listed as ${key}`);
    const implementation = given.get(key);
    if (typeof implementation !== 'function') throw new Error(`${what} ${key} has nobody to serve it`);
    given.delete(key);
    return [entry, implementation] as const;
  });
  for (const key of given.keys()) throw new Error(`there is no ${what} ${key} to serve`);
  return pairs;
}

type Joined<Parts> = (Parts extends unknown ? (part: Parts) => void : never) extends (joined: infer Whole) => void ? Whole : never;

/** Joins partial tables of handlers or feeds into one. Throws where two parts serve the same name. */
export function joinTables<const Parts extends readonly object[]>(...parts: Parts): Joined<Parts[number]> {
  const whole: Record<string, unknown> = {};
  for (const [name, served] of parts.flatMap((part) => Object.entries(part))) {
    if (Object.hasOwn(whole, name)) throw new Error(`${name} is served twice`);
    whole[name] = served;
  }
  return whole as Joined<Parts[number]>;
}
