/**
 * The flags in force, evaluated by flagd's own core, so that an app gets the same answer from us as from flagd. A new set is
 * made whenever a flag changes; evaluating is then synchronous and touches nothing else.
 */

import { hash } from 'node:crypto';
import { FlagdCore } from '@openfeature/flagd-core';
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

export function compileFlags(documents: readonly FlagDocument[]): FlagSet {
  const living = documents.filter((document): document is FlagDocument & { readonly value: Flag } => document.value !== null);
  const core = new FlagdCore(undefined, silent);
  core.setConfigurations(JSON.stringify({ flags: Object.fromEntries(living.map(({ id, value }) => [id, definitionOf(value)])) }));
  const flags = new Map(living.map(({ id, value }) => [id, value]));
  return {
    version: hash('sha256', living.map(({ id, revision }) => `${id}/${revision}`).join('\n'), 'base64url').slice(0, 22),
    exposed: living.filter(({ value }) => value.exposed && value.state === 'ENABLED').map(({ id }) => id),
    evaluate(key, context) {
      const flag = flags.get(key);
      if (flag === undefined) return failed(key, 'FLAG_NOT_FOUND', 'there is no such flag');
      if (flag.state === 'DISABLED') return failed(key, 'FLAG_NOT_FOUND', 'the flag is disabled');
      const found = core
        .getFlag(key)
        ?.evaluate(context as Parameters<NonNullable<ReturnType<FlagdCore['getFlag']>>['evaluate']>[0], silent);
      if (found === undefined || found.value === undefined) return failed(key, found?.errorCode ?? 'GENERAL', found?.errorMessage ?? '');
      return { key, value: found.value, variant: found.variant ?? '', reason: found.reason, metadata: flag.metadata };
    },
  };
}

/** The part of a flag that flagd knows. */
function definitionOf({ state, variants, defaultVariant, targeting, metadata }: Flag) {
  return { state, variants, defaultVariant, metadata, ...(Object.keys(targeting).length > 0 ? { targeting } : {}) };
}

function failed(key: string, errorCode: string, errorDetails: string): Evaluation {
  return { key, errorCode, errorDetails };
}

/** What it would say of a context goes into no log: contexts are personal. */
const silent = { error() {}, warn() {}, info() {}, debug() {} };
