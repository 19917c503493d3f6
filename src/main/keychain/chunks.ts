/**
 * Windows holds at most 2,560 bytes an entry and an RSA-4096 PEM is 3,272. So a long text is
 * cut into pieces, each an entry of its own, and the account's entry says which pieces:
 *
 *   `<account>`              `=text`               short
 *   `<account>`              `+<slot>.<count>`     long
 *   `<account>#<slot>.<n>`   base64 of piece n
 *
 * Two slots, `a` and `b`, take turns. A new text goes into the free slot, then the account's
 * entry is switched over, then the other slot is emptied: a crash leaves the former text whole
 * or the new one, and what it left behind is overwritten or emptied by the next write. Pieces
 * are written upwards and removed downwards, so those of a slot always count from 0 without gaps.
 */

/** The calls of a keychain that this room needs. Not keytar's `findCredentials`: see index-entry.ts. */
export interface EntryBackend {
  getPassword(service: string, account: string): Promise<string | null>;
  setPassword(service: string, account: string, password: string): Promise<void>;
  deletePassword(service: string, account: string): Promise<boolean>;
}

/** The entries of one service. */
export interface Entries {
  get(account: string): Promise<string | null>;
  set(account: string, text: string): Promise<void>;
  delete(account: string): Promise<boolean>;
}

/** Bytes an entry may have: below 2,560 with room for what a keychain adds. */
const maxEntryBytes = 2048;
const pieceBytes = Math.floor(maxEntryBytes / 4) * 3;

type Slot = 'a' | 'b';

function pieceAccount(account: string, slot: Slot, index: number): string {
  return `${account}#${slot}.${index}`;
}

function parseHeader(entry: string | null): { readonly slot: Slot; readonly count: number } | null {
  const match = /^\+(a|b)\.([1-9][0-9]{0,4})$/.exec(entry ?? '');
  return match ? { slot: match[1] === 'a' ? 'a' : 'b', count: Number(match[2]) } : null;
}

export function createChunkedEntries(backend: EntryBackend, service: string): Entries {
  async function readPieces(account: string, slot: Slot, count: number): Promise<string | null> {
    const pieces: Buffer[] = [];
    for (let index = 0; index < count; index += 1) {
      const piece = await backend.getPassword(service, pieceAccount(account, slot, index));
      if (piece === null) return null;
      pieces.push(Buffer.from(piece, 'base64'));
    }
    return Buffer.concat(pieces).toString('utf8');
  }

  async function writePieces(account: string, slot: Slot, bytes: Buffer): Promise<number> {
    const count = Math.ceil(bytes.length / pieceBytes);
    for (let index = 0; index < count; index += 1) {
      const piece = bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes).toString('base64');
      await backend.setPassword(service, pieceAccount(account, slot, index), piece);
    }
    return count;
  }

  async function emptySlot(account: string, slot: Slot, keep: number): Promise<void> {
    let count = keep;
    while ((await backend.getPassword(service, pieceAccount(account, slot, count))) !== null) count += 1;
    for (let index = count - 1; index >= keep; index -= 1) await backend.deletePassword(service, pieceAccount(account, slot, index));
  }

  return {
    async get(account) {
      const entry = await backend.getPassword(service, account);
      if (entry?.startsWith('=')) return entry.slice(1);
      const header = parseHeader(entry);
      return header ? readPieces(account, header.slot, header.count) : null;
    },
    async set(account, text) {
      const former = parseHeader(await backend.getPassword(service, account));
      const slot: Slot = former?.slot === 'a' ? 'b' : 'a';
      const bytes = Buffer.from(text, 'utf8');
      const count = bytes.length < maxEntryBytes ? 0 : await writePieces(account, slot, bytes);
      await backend.setPassword(service, account, count === 0 ? `=${text}` : `+${slot}.${count}`);
      await emptySlot(account, slot === 'a' ? 'b' : 'a', 0);
      await emptySlot(account, slot, count);
    },
    async delete(account) {
      const isDeleted = await backend.deletePassword(service, account);
      await emptySlot(account, 'a', 0);
      await emptySlot(account, 'b', 0);
      return isDeleted;
    },
  };
}
