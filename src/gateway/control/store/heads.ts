import type { Document, DocumentKind } from '#contract/documents/document.ts';

/** The newest revision of every document, in memory, by kind. */
export interface Heads {
  get<K extends DocumentKind>(kind: K, id: string): Document<K> | null;
  list<K extends DocumentKind>(kind: K): readonly Document<K>[];
  /** Those whose newest revision is their deletion. */
  deleted<K extends DocumentKind>(kind: K): readonly Document<K>[];
  set(document: Document): void;
}

interface HeadsOf<K extends DocumentKind> {
  readonly byId: Map<string, Document<K>>;
  /** Living documents by id; null after a change, until asked for again. */
  list: readonly Document<K>[] | null;
}

export function createHeads(): Heads {
  const byKind: { readonly [K in DocumentKind]: HeadsOf<K> } = {
    source: { byId: new Map(), list: null },
    destination: { byId: new Map(), list: null },
    switch: { byId: new Map(), list: null },
    credential: { byId: new Map(), list: null },
    settings: { byId: new Map(), list: null },
    plan: { byId: new Map(), list: null },
    redaction: { byId: new Map(), list: null },
    consent: { byId: new Map(), list: null },
    replay: { byId: new Map(), list: null },
    failover: { byId: new Map(), list: null },
    breaker: { byId: new Map(), list: null },
    erasure: { byId: new Map(), list: null },
    schedule: { byId: new Map(), list: null },
    flag: { byId: new Map(), list: null },
    rollout: { byId: new Map(), list: null },
    'restore-point': { byId: new Map(), list: null },
    playbook: { byId: new Map(), list: null },
    'playbook-run': { byId: new Map(), list: null },
    drill: { byId: new Map(), list: null },
  };

  function set<K extends DocumentKind>(kind: K, document: Document): void {
    if (!isKind(document, kind)) return;
    const heads: HeadsOf<K> = byKind[kind];
    heads.byId.set(document.id, document);
    heads.list = null;
  }

  return {
    get<K extends DocumentKind>(kind: K, id: string) {
      const heads: HeadsOf<K> = byKind[kind];
      return heads.byId.get(id) ?? null;
    },
    list<K extends DocumentKind>(kind: K) {
      const heads: HeadsOf<K> = byKind[kind];
      heads.list ??= [...heads.byId.values()].filter((document) => document.value !== null).sort((a, b) => (a.id < b.id ? -1 : 1));
      return heads.list;
    },
    deleted<K extends DocumentKind>(kind: K) {
      const heads: HeadsOf<K> = byKind[kind];
      return [...heads.byId.values()].filter((document) => document.value === null);
    },
    set: (document) => set(document.kind, document),
  };
}

/** Narrows a document to its kind: the value was parsed by that kind's schema. */
export function isKind<K extends DocumentKind>(document: Document, kind: K): document is Document<K> {
  return document.kind === kind;
}
