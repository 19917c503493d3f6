/**
 * The incarnation of a gateway's data: one line of history. A restore begins another, in which seqs are given anew. A
 * gateway says it in its hello; whoever resumes by a seq does so only in the incarnation that it got the seq from.
 */
const prefix = 'incarnation:';

/** As a capability of the hello. */
export function incarnationCapability(id: string): string {
  return `${prefix}${id}`;
}

/** Null where the other side has none (a desk). */
export function incarnationIn(capabilities: readonly string[]): string | null {
  return capabilities.find((capability) => capability.startsWith(prefix))?.slice(prefix.length) ?? null;
}
