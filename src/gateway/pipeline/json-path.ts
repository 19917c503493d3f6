/**
 * The part of JSONPath (RFC 9535) that rules need: names, wildcards, indexes and descent, from the
 * event's root. `$.traits.phone`, `$['a b']`, `$.items[*].note`, `$.items[0]`, `$..ssn`.
 */
export type PathStep =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  /** Every member or element. */
  | { readonly kind: 'any' }
  /** What follows may be at any depth from here. */
  | { readonly kind: 'deep' };

const dotted = /^\.([A-Za-z_\u0080-\uffff][\w\u0080-\uffff-]*|\*)/;
const bracketed = /^\[(?:'([^']{1,200})'|"([^"]{1,200})"|(\d{1,6})|(\*))\]/;

/** The steps of a path; null where it is none. */
export function parsePath(text: string): readonly PathStep[] | null {
  if (!text.startsWith('$')) return null;
  const steps: PathStep[] = [];
  let rest = text.slice(1);
  while (rest !== '') {
    const isDeep = rest.startsWith('..');
    if (isDeep) steps.push({ kind: 'deep' });
    // After two dots stands a name or a bracket.
    const next = isDeep ? (rest.startsWith('..[') ? rest.slice(2) : rest.slice(1)) : rest;
    const [whole, step] = stepOf(next);
    if (step === null) return null;
    steps.push(step);
    rest = next.slice(whole.length);
  }
  return steps.length > 0 ? steps : null;
}

function stepOf(text: string): readonly [string, PathStep | null] {
  const name = dotted.exec(text);
  if (name) return [name[0], name[1] === '*' ? { kind: 'any' } : { kind: 'name', name: name[1] ?? '' }];
  const bracket = bracketed.exec(text);
  if (!bracket) return ['', null];
  const [whole, single, double, index, any] = bracket;
  if (any !== undefined) return [whole, { kind: 'any' }];
  if (index !== undefined) return [whole, { kind: 'index', index: Number(index) }];
  return [whole, { kind: 'name', name: single ?? double ?? '' }];
}
