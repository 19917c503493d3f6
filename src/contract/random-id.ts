/** 32 random hexadecimal characters (128 bits), as a command id. Unlike crypto.randomUUID it also works where the page is no secure context. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
