/**
 * Reads the items of an RSS or Atom feed, and nothing else of XML: no attributes, no entities but the five of XML and
 * numbers, no external anything. Takes broken feeds as far as they can be read. Linear in the length of the text.
 */

/** Direct children of an item by their name, each with its text; of several with one name, the first. */
export type XmlItem = ReadonlyMap<string, string>;

const mostItems = 50;
const longestText = 4000;
const deepest = 64;

interface Reading {
  readonly items: XmlItem[];
  readonly open: string[];
  /** The item being read, and how many elements are open around its children. */
  item: Map<string, string> | null;
  itemDepth: number;
  text: string;
  isFeed: boolean;
}

/** Null where the text is no feed at all. */
export function readXmlItems(xml: string): readonly XmlItem[] | null {
  const reading: Reading = { items: [], open: [], item: null, itemDepth: 0, text: '', isFeed: false };
  let at = 0;
  while (at < xml.length && reading.items.length < mostItems) {
    const tag = xml.indexOf('<', at);
    addText(reading, decode(xml.slice(at, tag < 0 ? xml.length : Math.min(tag, at + 6 * longestText))));
    if (tag < 0) break;
    const next = readMarkup(reading, xml, tag);
    if (next === null) break;
    at = next;
  }
  return reading.isFeed ? reading.items : null;
}

/** Takes what begins with `<` and answers where it ends; null where it does not end, or goes too deep. */
function readMarkup(reading: Reading, xml: string, tag: number): number | null {
  if (xml.startsWith('<!--', tag)) return after(xml, '-->', tag + 4);
  if (xml.startsWith('<![CDATA[', tag)) {
    const end = xml.indexOf(']]>', tag + 9);
    addText(reading, xml.slice(tag + 9, end < 0 ? tag + 9 + longestText : Math.min(end, tag + 9 + longestText)));
    return end < 0 ? null : end + 3;
  }
  if (xml.startsWith('<?', tag)) return after(xml, '?>', tag + 2);
  if (xml.startsWith('<!', tag)) return afterDoctype(xml, tag + 2);
  const end = tagEnd(xml, tag + 1);
  if (end === null) return null;
  const inner = xml.slice(tag + 1, end);
  if (inner.startsWith('/')) close(reading, nameOf(inner.slice(1)));
  else if (!inner.endsWith('/') && !open(reading, nameOf(inner))) return null;
  return end + 1;
}

function after(xml: string, mark: string, from: number): number | null {
  const found = xml.indexOf(mark, from);
  return found < 0 ? null : found + mark.length;
}

/** A document type may hold declarations in brackets; none is looked at. */
function afterDoctype(xml: string, from: number): number | null {
  let depth = 0;
  for (let at = from; at < xml.length; at++) {
    const char = xml[at];
    if (char === '[') depth++;
    else if (char === ']') depth--;
    else if (char === '>' && depth <= 0) return at + 1;
  }
  return null;
}

/** Where a tag ends; a `>` between quotes is not its end. */
function tagEnd(xml: string, from: number): number | null {
  let quote = '';
  for (let at = from; at < xml.length; at++) {
    const char = xml[at] ?? '';
    if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '>') return at;
  }
  return null;
}

function nameOf(inner: string): string {
  return /^[^\s/>]{0,100}/.exec(inner)?.[0].toLowerCase() ?? '';
}

/** False where it goes too deep. */
function open(reading: Reading, name: string): boolean {
  const { open: names } = reading;
  if (names.length === 0) reading.isFeed = name === 'rss' || name === 'feed' || name === 'rdf:rdf';
  names.push(name);
  if (reading.item === null && (name === 'item' || name === 'entry')) {
    reading.item = new Map();
    reading.itemDepth = names.length;
  } else if (reading.item !== null && names.length === reading.itemDepth + 1) reading.text = '';
  return names.length <= deepest;
}

function close(reading: Reading, name: string): void {
  const { open: names } = reading;
  const place = names.lastIndexOf(name);
  if (place < 0) return;
  // What was left open inside ends with it.
  while (names.length > place) endOne(reading);
}

function endOne(reading: Reading): void {
  const { open: names, item } = reading;
  const name = names.pop() ?? '';
  if (item === null) return;
  if (names.length === reading.itemDepth && !item.has(name)) item.set(name, reading.text.trim());
  if (names.length === reading.itemDepth - 1) {
    reading.items.push(item);
    reading.item = null;
  }
}

function addText(reading: Reading, text: string): void {
  if (reading.item === null || reading.open.length <= reading.itemDepth) return;
  if (reading.text.length < longestText) reading.text = (reading.text + text).slice(0, longestText);
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Replaces the entities of XML (and the commonest of HTML); others stay as they are. */
export function decode(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return named[name] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code > 0 && code <= 0x10_ff_ff && (code < 0xd8_00 || code > 0xdf_ff) ? String.fromCodePoint(code) : '';
  });
}
