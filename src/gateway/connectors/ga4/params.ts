/** Names and parameters as GA4 takes them. What it would drop in silence is dropped or refused here, aloud. */
import type { GatewayEvent } from '#gateway/pipeline/event.ts';
import { cut, type Fields, objectAt, productsOf, textAt } from '../fields.ts';

const maxName = 40;
const maxParams = 25;
const maxItems = 200;
const valueLengths = new Map([
  ['page_title', 300],
  ['page_referrer', 420],
  ['page_location', 1000],
]);
const maxValue = 100;

const reservedNames = new Set(
  (
    'ad_activeview ad_click ad_exposure ad_impression ad_query adunit_exposure app_clear_data app_install app_update app_remove error ' +
    'first_open first_visit in_app_purchase os_update screen_view session_start user_engagement'
  ).split(' '),
);
const reservedPrefix = /^(google_|ga_|firebase_)/;
const nameText = /^[A-Za-z][A-Za-z0-9_]*$/;

/** Segment's e-commerce names and what GA4 calls them. */
const shopNames = new Map([
  ['Products Searched', 'search'],
  ['Product List Viewed', 'view_item_list'],
  ['Promotion Viewed', 'view_promotion'],
  ['Promotion Clicked', 'select_promotion'],
  ['Product Clicked', 'select_item'],
  ['Product Viewed', 'view_item'],
  ['Product Added', 'add_to_cart'],
  ['Product Removed', 'remove_from_cart'],
  ['Cart Viewed', 'view_cart'],
  ['Checkout Started', 'begin_checkout'],
  ['Payment Info Entered', 'add_payment_info'],
  ['Order Completed', 'purchase'],
  ['Order Refunded', 'refund'],
  ['Product Added to Wishlist', 'add_to_wishlist'],
  ['Signed Up', 'sign_up'],
  ['Signed In', 'login'],
]);

/** Anything but letters, digits and `_` becomes `_`; at most 40 characters. */
function safeName(name: string): string {
  return name
    .trim()
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .slice(0, maxName);
}

/** GA4's name for an event, or why it has none. */
export function eventNameOf(event: GatewayEvent): { readonly name: string } | { readonly refusal: string } {
  if (event.type === 'page') return { name: 'page_view' };
  const name = shopNames.get(event.name) ?? safeName(event.name);
  if (!nameText.test(name)) return { refusal: 'GA4 wants event names that begin with a letter' };
  const isReserved = reservedNames.has(name) || name.startsWith('notification_') || reservedPrefix.test(name);
  return isReserved ? { refusal: `GA4 reserves the event name ${name} and would drop it in silence` } : { name };
}

type Scalar = string | number | boolean;

function scalarOf(name: string, value: unknown): Scalar | undefined {
  if (typeof value === 'string') return cut(value, valueLengths.get(name) ?? maxValue);
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

function scalarsOf(fields: Fields, into: Map<string, unknown>, limit: number): void {
  for (const [key, value] of Object.entries(fields)) {
    if (into.size >= limit) return;
    const name = safeName(key);
    if (into.has(name) || !nameText.test(name) || reservedPrefix.test(name)) continue;
    const scalar = scalarOf(name, value);
    if (scalar !== undefined) into.set(name, scalar);
  }
}

const itemKeys = new Map([
  ['product_id', 'item_id'],
  ['sku', 'item_id'],
  ['name', 'item_name'],
  ['brand', 'item_brand'],
  ['category', 'item_category'],
  ['variant', 'item_variant'],
]);

function itemsOf(event: GatewayEvent): readonly object[] {
  return productsOf(event, maxItems).map((product) => {
    const item = new Map<string, unknown>();
    const renamed = Object.fromEntries(Object.entries(product).map(([key, value]) => [itemKeys.get(key) ?? key, value]));
    scalarsOf(renamed, item, 10);
    return Object.fromEntries(item);
  });
}

/** Parameters of an event: at most 25, no nulls, lists (but `items`) or objects, names and texts cut to size. */
export function paramsOf(event: GatewayEvent, sendMessageId: boolean): object {
  const params = new Map<string, unknown>();
  if (sendMessageId) params.set('message_id', cut(event.messageId, maxValue));
  if (typeof event.properties.engagement_time_msec !== 'number') params.set('engagement_time_msec', 1);
  if (event.type === 'page') {
    const page = { ...objectAt(event.context, 'page'), ...event.properties };
    scalarsOf(
      { page_location: textAt(page, 'url'), page_title: textAt(page, 'title'), page_referrer: textAt(page, 'referrer') },
      params,
      maxParams,
    );
  }
  const orderId = textAt(event.properties, 'transaction_id', 'order_id');
  if (orderId !== undefined) params.set('transaction_id', cut(orderId, maxValue));
  const items = itemsOf(event);
  if (items.length > 0) params.set('items', items);
  scalarsOf(event.properties, params, maxParams);
  return Object.fromEntries(params);
}
