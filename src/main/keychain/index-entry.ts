/**
 * Which accounts a service has is kept in an entry of our own. keytar could list them
 * (`findCredentials`), but it reads every password to do so and it brings the process down
 * (SIGSEGV) when the keyring is locked; on Windows it matches by prefix.
 *
 * An account enters the index before it is written and leaves it after it is deleted, so a
 * crash can leave a name too many and never one too few.
 */
import { z } from '#contract/zod.ts';
import type { Entries } from './chunks.ts';

/** Accounts of secrets never contain `#`, so this is none of them. */
const indexAccount = '#index';
const indexSchema = z.array(z.string());

export async function readIndex(entries: Entries): Promise<readonly string[]> {
  const text = await entries.get(indexAccount);
  if (text === null) return [];
  try {
    return indexSchema.parse(JSON.parse(text));
  } catch {
    // Somebody edited it. Entries written from now on are listed again.
    return [];
  }
}

export async function addToIndex(entries: Entries, account: string): Promise<void> {
  const accounts = await readIndex(entries);
  if (!accounts.includes(account)) await entries.set(indexAccount, JSON.stringify([...accounts, account].sort()));
}

export async function removeFromIndex(entries: Entries, account: string): Promise<void> {
  const accounts = await readIndex(entries);
  const rest = accounts.filter((name) => name !== account);
  if (rest.length === accounts.length) return;
  if (rest.length === 0) await entries.delete(indexAccount);
  else await entries.set(indexAccount, JSON.stringify(rest));
}
