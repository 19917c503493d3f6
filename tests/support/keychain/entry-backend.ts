import type { EntryBackend } from '#main/keychain/chunks.ts';

/** An entry store as Windows has it: at most 2,560 bytes an entry. `calls` counts what reached it. */
export interface WindowsLikeBackend extends EntryBackend {
  readonly entries: ReadonlyMap<string, string>;
  /** Makes every call from the n-th on throw, as a crash of the process would end them. */
  crashAfter(calls: number): void;
}

export function createWindowsLikeBackend(): WindowsLikeBackend {
  const entries = new Map<string, string>();
  let callsLeft = Number.POSITIVE_INFINITY;
  const call = (): void => {
    callsLeft -= 1;
    if (callsLeft < 0) throw new Error('crashed');
  };
  const key = (service: string, account: string): string => `${service}\n${account}`;
  return {
    entries,
    crashAfter: (calls) => {
      callsLeft = calls;
    },
    async getPassword(service, account) {
      call();
      return entries.get(key(service, account)) ?? null;
    },
    async setPassword(service, account, password) {
      call();
      if (Buffer.byteLength(password) > 2_560) throw new Error('The stub received bad data.');
      entries.set(key(service, account), password);
    },
    async deletePassword(service, account) {
      call();
      return entries.delete(key(service, account));
    },
  };
}
