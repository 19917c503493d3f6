/**
 * JSON Schemas of tracking plans, compiled by ajv. Compiling takes milliseconds, so a schema is compiled
 * once for as long as some plan has it, whatever the plan's revision.
 */
import { createHash } from 'node:crypto';
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Violation } from '#contract/operations/pipeline.ts';
import type { Json } from './json.ts';
import { formats } from './schema-formats.ts';

/** Violations of a value; an empty list where it is valid. Never quotes the value. */
export type Check = (value: unknown) => readonly Violation[];

export interface SchemaCompiler {
  /** The check of a schema, or what is wrong with the schema in words. */
  compile(schema: Json): Compiled;
  /** Forgets the schemas that were not asked for since the last call. */
  sweep(): void;
}

export type Compiled = { readonly ok: true; readonly check: Check } | { readonly ok: false; readonly problem: string };

/** Named in an answer and stored; an event can have many more. */
const maxViolations = 20;
const maxText = 200;
const schemasPerCompiler = 50;
const valid: readonly Violation[] = Object.freeze([]);

const options: Options = {
  allErrors: true,
  // A keyword that is misspelt is a mistake to be told, not a rule that never applies.
  strict: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  allowUnionTypes: true,
  validateSchema: true,
  // A schema's own $id must not be seen by another's $ref.
  addUsedSchema: false,
  logger: false,
  formats,
  // Properties named like members of Object.prototype are judged by what was sent.
  ownProperties: true,
};

export function createSchemaCompiler(): SchemaCompiler {
  let compilers = createCompilers();
  let compiledCount = 0;
  const known = new Map<string, Compiled>();
  let used = new Set<string>();
  return {
    compile(schema) {
      const key = createHash('sha256').update(JSON.stringify(schema)).digest('base64');
      used.add(key);
      let compiled = known.get(key);
      if (compiled === undefined) {
        // What ajv keeps of each schema makes the next ones slower.
        if (++compiledCount % schemasPerCompiler === 0) compilers = createCompilers();
        compiled = compile(schema, usesDraft2020(schema) ? compilers.draft2020() : compilers.draft7());
        known.set(key, compiled);
      }
      return compiled;
    },
    sweep() {
      for (const key of known.keys()) if (!used.has(key)) known.delete(key);
      used = new Set();
    },
  };
}

/** Made when first needed: each compiles its own meta-schema. */
function createCompilers() {
  let draft7: Ajv | null = null;
  let draft2020: Ajv2020 | null = null;
  return {
    draft7() {
      draft7 ??= new Ajv(options);
      return draft7;
    },
    draft2020() {
      draft2020 ??= new Ajv2020(options);
      return draft2020;
    },
  };
}

function usesDraft2020({ $schema }: Json): boolean {
  return typeof $schema === 'string' && $schema.includes('2020-12');
}

function compile(schema: Json, ajv: Ajv | Ajv2020): Compiled {
  if (asksForAsync(schema)) return { ok: false, problem: '$async is not supported' };
  try {
    const validate: ValidateFunction = ajv.compile(schema);
    return { ok: true, check: (value) => (validate(value) ? valid : violationsOf(validate.errors ?? [])) };
  } catch (error) {
    // ajv throws on a schema that it cannot compile; its message names the place.
    return { ok: false, problem: error instanceof Error ? error.message.slice(0, 500) : 'cannot be compiled' };
  } finally {
    // Otherwise it would be kept for ever.
    ajv.removeSchema(schema);
  }
}

/** An asynchronous check would answer with a promise, which is never false. */
function asksForAsync(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  if (Object.hasOwn(schema, '$async')) return true;
  return Object.values(schema).some(asksForAsync);
}

function violationsOf(errors: readonly ErrorObject[]): readonly Violation[] {
  return errors.slice(0, maxViolations).map((error) => ({ path: cut(error.instancePath), message: cut(messageOf(error)) }));
}

function messageOf({ message = 'is not valid', params }: ErrorObject): string {
  if ('additionalProperty' in params) return `must not have ${String(params.additionalProperty)}`;
  return 'allowedValues' in params && Array.isArray(params.allowedValues)
    ? `must be one of ${params.allowedValues.map(String).join(', ')}`
    : message;
}

function cut(text: string): string {
  return text.length <= maxText ? text : `${text.slice(0, maxText - 1).toWellFormed()}…`;
}
