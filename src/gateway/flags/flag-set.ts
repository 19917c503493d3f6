/**
 * The flags in force, evaluated by flagd's own core, so that an app gets the same answer from us as from flagd. A new set is
 * made whenever a flag changes; evaluating is then synchronous and touches nothing else.
 */

import { hash } from 'node:crypto';
import { type FeatureFlag, FlagdCore } from '@openfeature/flagd-core';
import type { Document } from '#contract/documents/document.ts';
import type { Flag } from '#contract/documents/flag.ts';

/** The context of OpenFeature: `targetingKey` says who, the rest what is known of them. */
export type FlagContext = Readonly<Record<string, unknown>>;

export type Evaluation =
  | {
      readonly key: string;
      readonly value: unknown;
      readonly variant: string;
      readonly reason: string;
      readonly metadata: Flag['metadata'];
    }
  | { readonly key: string; readonly errorCode: string; readonly errorDetails: string };

export interface FlagSet {
  /** Another one for each other set of flags. */
  readonly version: string;
  /** Keys that apps may see, ascending. */
  readonly exposed: readonly string[];
  /** FLAG_NOT_FOUND also for a disabled one: the app's own default is what counts then. */
  evaluate(key: string, context: FlagContext): Evaluation;
}

type FlagDocument = Pick<Document<'flag'>, 'id' | 'revision' | 'value'>;

interface Compiled {
  readonly revision: number;
  readonly flag: Flag;
  readonly core: FeatureFlag;
}

/**
 * Makes a set of each state of the flags. What did not change since the last one is not compiled again, so that a change is
 * in force as fast with a thousand flags as with one.
 * @param evaluated told the key of each flag that is asked for and exists
 */
export function createFlagCompiler(evaluated: (key: string) => void = () => {}): (documents: readonly FlagDocument[]) => FlagSet {
  let known: ReadonlyMap<string, Compiled> = new Map();
  return (documents) => {
    const flags = new Map<string, Compiled>();
    for (const { id, revision, value } of documents) {
      if (value === null) continue;
      const before = known.get(id);
      flags.set(id, before?.revision === revision ? before : { revision, flag: value, core: compile(id, value) });
    }
    known = flags;
    return flagSetOf(flags, evaluated);
  };
}

/** A set of its own, of which nothing is reported. */
export function compileFlags(documents: readonly FlagDocument[]): FlagSet {
  return createFlagCompiler()(documents);
}

function flagSetOf(flags: ReadonlyMap<string, Compiled>, evaluated: (key: string) => void): FlagSet {
  const entries = [...flags];
  return {
    version: hash('sha256', entries.map(([id, { revision }]) => `${id}/${revision}`).join('\n'), 'base64url').slice(0, 22),
    exposed: entries.filter(([, { flag }]) => flag.exposed && flag.state === 'ENABLED').map(([id]) => id),
    evaluate(key, context) {
      const compiled = flags.get(key);
      if (compiled === undefined) return failed(key, 'FLAG_NOT_FOUND', 'there is no such flag');
      evaluated(key);
      if (compiled.flag.state === 'DISABLED') return failed(key, 'FLAG_NOT_FOUND', 'the flag is disabled');
      const found = compiled.core.evaluate(context as Parameters<FeatureFlag['evaluate']>[0], silent);
      if (found.value === undefined) return failed(key, found.errorCode ?? 'GENERAL', found.errorMessage ?? '');
      return { key, value: found.value, variant: found.variant ?? '', reason: found.reason, metadata: compiled.flag.metadata };
    },
  };
}

/** The part of a flag that flagd knows, compiled by it. */
function compile(key: string, { state, variants, defaultVariant, targeting, metadata }: Flag): FeatureFlag {
  const core = new FlagdCore(undefined, silent);
  core.setConfigurations(JSON.stringify({ flags: { [key]: { state, variants, defaultVariant, metadata, targeting } } }));
  const flag = core.getFlag(key);
  if (flag === undefined) throw new Error(`flagd did not take the flag ${key}`);
  return flag;
}

function failed(key: string, errorCode: string, errorDetails: string): Evaluation {
  return { key, errorCode, errorDetails };
}

/** What it would say of a context goes into no log: contexts are personal. */
const silent = { error() {}, warn() {}, info() {}, debug() {} };
