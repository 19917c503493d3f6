import { type Secret, secret } from '#contract/secret.ts';
import type { z } from '#contract/zod.ts';
import type { CredentialField } from '#gateway/connectors/connector.ts';
import type { LocatedYaml, Mistake, Path } from './located-yaml.ts';
import type { credentialEntry } from './schema.ts';
import { unknownKey } from './schema-mistakes.ts';

/** What a credential is for: the connector's id, and all the fields that this destination wants. */
interface Wanted {
  readonly id: string;
  readonly fields: readonly CredentialField[];
}

/** Reads the secrets that an entry names from the environment; null where it names none or something is wrong. */
export function readCredential(
  yaml: LocatedYaml,
  path: Path,
  entry: z.output<typeof credentialEntry> | undefined,
  wanted: Wanted,
  env: Readonly<Record<string, string | undefined>>,
  mistakes: Mistake[],
): ReadonlyMap<string, Secret> | null {
  if (entry === undefined) return null;
  const before = mistakes.length;
  const names = namesByField(yaml, path, entry.env, wanted, mistakes);
  const fields = new Map<string, Secret>();
  for (const { field, name, at } of names) {
    const text = env[name];
    if (text === undefined || text === '') mistakes.push(yaml.at(at, unset(name)));
    else fields.set(field, secret(text));
  }
  return mistakes.length > before ? null : fields;
}

interface Named {
  readonly field: string;
  readonly name: string;
  readonly at: Path;
}

function namesByField(
  yaml: LocatedYaml,
  path: Path,
  env: z.output<typeof credentialEntry>['env'],
  wanted: Wanted,
  mistakes: Mistake[],
): readonly Named[] {
  const fields = wanted.fields.map((field) => field.name);
  const [only] = fields;
  if (only === undefined) {
    mistakes.push(yaml.at(path, `${wanted.id} needs no credential`));
    return [];
  }
  if (typeof env === 'string') {
    if (fields.length === 1) return [{ field: only, name: env, at: path }];
    mistakes.push(yaml.at(path, `${wanted.id} needs a variable for each of ${fields.join(', ')}`));
    return [];
  }
  mistakes.push(
    ...Object.keys(env)
      .filter((name) => !fields.includes(name))
      .map((name) => yaml.at([...path, name], unknownKey(name, fields))),
  );
  mistakes.push(...fields.filter((field) => !Object.hasOwn(env, field)).map((field) => yaml.at(path, `${field} is missing`)));
  return fields.flatMap((field) => {
    const name = env[field];
    return name === undefined ? [] : [{ field, name, at: [...path, field] }];
  });
}

/** Somebody may have written the secret where its variable's name belongs: only what looks like a name is repeated. */
function unset(name: string): string {
  return /^[A-Z][A-Z0-9_]{0,63}$/.test(name)
    ? `the environment variable ${name} is not set`
    : 'the environment variable named here is not set';
}
