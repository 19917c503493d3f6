import { type Hash, hashMessage, sourceSeed } from '#gateway/log/hash.ts';

/**
 * Whether a sample switch keeps an event: hash(switch, messageId) < share. Always the same answer for the same event, at every
 * attempt and after every restart; two switches choose independently of each other.
 */
export function createSampler(switchId: string, share: number): (messageId: string) => boolean {
  const seed = sourceSeed(`sample/${switchId}`);
  const hash: Hash = { low: 0, high: 0 };
  const below = share * 2 ** 32;
  return (messageId) => {
    hashMessage(seed, messageId, hash);
    return hash.high < below;
  };
}
