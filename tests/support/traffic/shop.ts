/**
 * What a small shop sends: people browse, fill carts, buy. Made from a seed, so that two runs send the
 * same events; every person and address is invented.
 */
export interface ShopEvent {
  readonly kind: 'track' | 'identify' | 'page';
  readonly userId: string;
  readonly event: string;
  readonly properties: Readonly<Record<string, string | number | boolean>>;
}

/** A small seeded generator of numbers in [0, 1): mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const products = ['Walnut desk', 'Reading lamp', 'Wool blanket', 'Copper kettle', 'Oak shelf', 'Linen curtain'] as const;
const pages = ['Home', 'Search', 'Product', 'Cart', 'Checkout'] as const;

/** Shares of the steps of a visit, in the order of `steps`. */
const shares = [0.45, 0.72, 0.86, 0.94, 1] as const;

export function shopEvent(random: () => number): ShopEvent {
  const userId = `user-${Math.floor(random() * 5000)}`;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const roll = random();
  const product = pick(products);
  const price = Math.round(20 + random() * 400);
  if (roll < shares[0])
    return {
      kind: 'page',
      userId,
      event: pick(pages),
      properties: { url: `https://shop.example/${product.toLowerCase().replace(' ', '-')}` },
    };
  if (roll < shares[1]) return { kind: 'track', userId, event: 'Product Viewed', properties: { product, price, currency: 'EUR' } };
  if (roll < shares[2])
    return {
      kind: 'track',
      userId,
      event: 'Product Added',
      properties: { product, price, currency: 'EUR', quantity: 1 + Math.floor(random() * 3) },
    };
  if (roll < shares[3])
    return { kind: 'track', userId, event: 'Order Completed', properties: { value: price, currency: 'EUR', coupon: random() < 0.1 } };
  return {
    kind: 'identify',
    userId,
    event: 'identify',
    properties: { email: `${userId}@example.com`, plan: random() < 0.2 ? 'gold' : 'basic' },
  };
}
