/** A new write key: 24 random letters and digits. It identifies a source and is no secret: browsers carry it. */
export function newWriteKey(): string {
  const letters = 'abcdefghijkmnpqrstuvwxyz23456789';
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return `wk_${Array.from(bytes, (byte) => letters[byte % letters.length]).join('')}`;
}
