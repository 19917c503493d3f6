/** The structure of a vendor's answer without its values: what changed at the vendor shows, and nobody's data does. */

const longest = 300;
const deepest = 4;
const mostNames = 12;
/** A name that a programmer gave; anything else may be data. */
const plainName = /^[A-Za-z_$][\w$.-]{0,39}$/;
const hasDigits = /\d{4,}/;

/** `{error: {code: number, message: text}}`, `[{id: number} …]`, `HTML`, `text`, `empty`. */
export function answerShape(body: string): string {
  const text = body.trimStart();
  if (text === '') return 'empty';
  if (text.startsWith('{') || text.startsWith('[')) return cut(shapeOf(parse(text), 0));
  if (text.startsWith('<')) return /^<(!doctype html|html)/i.test(text) ? 'HTML' : 'XML';
  return 'text';
}

function cut(shape: string): string {
  return shape.length > longest ? `${shape.slice(0, longest - 1)}…` : shape;
}

const broken = Symbol('broken');

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return broken;
  }
}

function shapeOf(value: unknown, depth: number): string {
  if (value === broken) return 'broken JSON';
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return 'text';
  if (typeof value !== 'object') return typeof value;
  if (depth >= deepest) return '…';
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${shapeOf(value[0], depth + 1)}${value.length > 1 ? ' …' : ''}]`;
  const names = Object.entries(value);
  // Names that are no names: the keys of a map, which may be ids or addresses.
  if (!names.every(([name]) => plainName.test(name) && !hasDigits.test(name))) return '{map}';
  const shown = names.slice(0, mostNames).map(([name, inner]) => `${name}: ${shapeOf(inner, depth + 1)}`);
  return `{${shown.join(', ')}${names.length > mostNames ? ', …' : ''}}`;
}
