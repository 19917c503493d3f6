import type { EntryBackend } from './chunks.ts';

/** No service of ours starts with this name, and it starts with none of theirs. */
const service = 'sluice-keychain-check';
const account = 'sentinel';
const present = 'present';

/**
 * A locked keyring answers a read with "nothing there", exactly as an empty one does. So after
 * an empty answer a known entry is read, and written if it is missing too: writing is what a
 * locked keyring refuses.
 * @throws what the keychain says, when it is locked.
 */
export async function assertUnlocked(backend: EntryBackend): Promise<void> {
  if ((await backend.getPassword(service, account)) === present) return;
  await backend.setPassword(service, account, present);
}
