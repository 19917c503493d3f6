/** Event names and `custom_data` in Meta's words. Only known keys leave: properties may hold personal data in the clear. */
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { type Fields, numberAt, productsOf, textAt } from '../fields.ts';
import type { MetaSettings } from './settings.ts';

const maxContents = 200;

/** Segment's e-commerce names and Meta's standard events. */
const standardNames = new Map([
  ['Order Completed', 'Purchase'],
  ['Product Added', 'AddToCart'],
  ['Product Added to Wishlist', 'AddToWishlist'],
  ['Checkout Started', 'InitiateCheckout'],
  ['Payment Info Entered', 'AddPaymentInfo'],
  ['Product Viewed', 'ViewContent'],
  ['Product List Viewed', 'ViewContent'],
  ['Products Searched', 'Search'],
  ['Signed Up', 'CompleteRegistration'],
]);

/** Meta's name for an event. */
export function eventNameOf(event: GatewayEvent, settings: MetaSettings): string {
  if (event.type === 'page') return 'PageView';
  const own = Object.hasOwn(settings.eventNames, event.name) ? settings.eventNames[event.name] : undefined;
  return own ?? standardNames.get(event.name) ?? event.name;
}

const texts: readonly (readonly [string, readonly string[]])[] = [
  ['currency', ['currency']],
  ['order_id', ['order_id', 'orderId']],
  ['content_name', ['content_name', 'name']],
  ['content_category', ['content_category', 'category']],
  ['content_type', ['content_type']],
  ['search_string', ['search_string', 'query']],
  ['status', ['status']],
];
const numbers: readonly (readonly [string, readonly string[]])[] = [
  ['value', ['value', 'revenue', 'total', 'price']],
  ['num_items', ['num_items']],
  ['predicted_ltv', ['predicted_ltv']],
];

function contentOf(product: Fields): object | null {
  const id = textAt(product, 'product_id', 'sku', 'id');
  if (id === undefined) return null;
  return { id, quantity: numberAt(product, 'quantity') ?? 1, item_price: numberAt(product, 'price') };
}

/** `custom_data` of an event; `currency` in upper case. */
export function customDataOf(event: GatewayEvent, settings: MetaSettings): Readonly<Record<string, unknown>> {
  const data = new Map<string, unknown>();
  for (const key of settings.customProperties) if (Object.hasOwn(event.properties, key)) data.set(key, event.properties[key]);
  for (const [key, from] of texts) {
    const value = textAt(event.properties, ...from);
    if (value !== undefined) data.set(key, key === 'currency' ? value.toUpperCase() : value);
  }
  for (const [key, from] of numbers) {
    const value = numberAt(event.properties, ...from);
    if (value !== undefined) data.set(key, value);
  }
  const contents = productsOf(event, maxContents).flatMap((product) => contentOf(product) ?? []);
  if (contents.length > 0) {
    data.set('contents', contents);
    if (!data.has('content_type')) data.set('content_type', 'product');
  }
  return Object.fromEntries(data);
}
