import type { DocumentKind } from '#contract/documents/document.ts';
import type { EncodedRequest, VendorResponse } from '#gateway/connectors/connector.ts';
import type { ConnectorRegistry } from '#gateway/connectors/registry.ts';
import type { SchemaCompiler } from '#gateway/pipeline/schema-compiler.ts';
import type { Reach } from '#gateway/transport/reach.ts';
import type { DocumentStore } from '../document-store.ts';
import type { Vault } from '../vault.ts';

/** What a vendor answered, or why no answer came: a short text without URL or secret. */
export type CheckAnswer =
  | { readonly kind: 'answered'; readonly response: VendorResponse }
  | { readonly kind: 'silent'; readonly detail: string };
/** Sends one request to a vendor and reads its answer. `reach`: how the address is reached; absent: straight. */
export type SendCheck = (request: EncodedRequest, signal: AbortSignal, reach?: Reach) => Promise<CheckAnswer>;

/** One field in which a document differs from the configuration file. */
export interface DriftItem {
  readonly kind: DocumentKind;
  readonly id: string;
  /** Dotted; empty for the whole document. */
  readonly path: string;
  readonly file: unknown;
  readonly now: unknown;
  readonly by: string;
  readonly at: number;
}

export interface ControlDeps {
  readonly store: DocumentStore;
  readonly vault: Vault;
  readonly connectors: ConnectorRegistry;
  /** Empty where no configuration file was given. */
  readonly drift: () => readonly DriftItem[];
  readonly send: SendCheck;
  readonly schemas: SchemaCompiler;
  /** Epoch ms. */
  readonly now: () => number;
}
