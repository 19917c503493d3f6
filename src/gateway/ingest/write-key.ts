/** Decoded headers are remembered: an SDK sends the same one with each request. */
const MAX_REMEMBERED = 1000;

/** Reads the write key out of an `Authorization: Basic` header (user part, password empty); null where there is none. */
export function createWriteKeyReader(): (authorization: string | undefined) => string | null {
  const remembered = new Map<string, string | null>();
  return (authorization) => {
    if (authorization === undefined) return null;
    const known = remembered.get(authorization);
    if (known !== undefined) return known;
    const key = decode(authorization);
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(authorization, key);
    return key;
  };
}

function decode(authorization: string): string | null {
  const match = /^Basic +([A-Za-z0-9+/_=-]+) *$/i.exec(authorization);
  if (!match?.[1]) return null;
  const text = Buffer.from(match[1], 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return (colon < 0 ? text : text.slice(0, colon)) || null;
}
