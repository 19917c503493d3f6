import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';

/** One mistake in the file. `path` as a person writes it: `destinations[1].connector`. */
export interface Mistake {
  readonly line: number;
  readonly path: string;
  readonly message: string;
}

export type Path = readonly (string | number)[];

/** A parsed YAML text that knows on which line each value stands. */
export interface LocatedYaml {
  /** Plain data; null where the text is empty or could not be read at all. */
  readonly data: unknown;
  /** What the parser itself found. */
  readonly mistakes: readonly Mistake[];
  /** A mistake at a path; where nothing stands there, at the nearest thing around it. */
  at(path: Path, message: string): Mistake;
}

/** Mistakes after which the rest of the file still means what it says. */
const harmlessCodes: readonly string[] = ['DUPLICATE_KEY'];

export function parseLocated(text: string): LocatedYaml {
  const lines = new LineCounter();
  // Pretty errors and warnings quote the file, and a file that should hold no secret may hold one.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error', merge: false });
  const lineOf = (offset: number) => Math.max(1, lines.linePos(offset).line);
  const mistakes: Mistake[] = document.errors.map((error) => ({ line: lineOf(error.pos[0]), path: '', message: wording(error.code) }));
  const isReadable = document.errors.every((error) => harmlessCodes.includes(error.code));
  const data = isReadable ? toData(document, mistakes) : null;
  return { data, mistakes, at: (path, message) => ({ line: lineOf(offsetOf(document, path)), path: pathText(path), message }) };
}

function toData(document: Document, mistakes: Mistake[]): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    mistakes.push({ line: 1, path: '', message: 'uses aliases that cannot be resolved, or too many of them' });
    return null;
  }
}

/** In our words: the parser's may quote the text. */
function wording(code: string): string {
  const known: Readonly<Record<string, string>> = {
    DUPLICATE_KEY: 'this key is already there',
    TAB_AS_INDENT: 'indent with spaces, not tabs',
    BAD_INDENT: 'the indentation does not fit what is around it',
    MULTIPLE_DOCS: 'only one document a file (remove ---)',
  };
  return known[code] ?? `this is not valid YAML (${code.toLowerCase().replaceAll('_', ' ')})`;
}

/** Of the key where the path ends in a mapping, of the item where it ends in a list. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = start(node) ?? 0;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(part));
      if (pair === undefined) return offset;
      offset = start(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node) && typeof part === 'number') {
      node = node.items[part];
      offset = start(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function start(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}

function pathText(path: Path): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part.slice(0, 80)}`))
    .join('')
    .replace(/^\./, '');
}
