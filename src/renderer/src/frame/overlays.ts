import type { ComponentType } from 'react';
import { createStore } from 'zustand/vanilla';
import type { DocumentKind } from '#contract/documents/document.ts';
import type { Schedule } from '#contract/documents/schedule.ts';
import type { SwitchScope } from '#contract/documents/switch.ts';

/** Dialogs that any view may ask for and one feature draws. A feature's overlay component watches `requestStore` and draws itself when asked. */
export type OverlayRequest =
  /** Open (set to flow) a scope: the four backlog choices with their counts. */
  | { readonly type: 'open'; readonly scope: SwitchScope }
  /** Drop a scope: blast radius, typed target. */
  | { readonly type: 'drop'; readonly scope: SwitchScope }
  /** Park or drop any scope, with a timer; without a scope it asks for one. */
  | { readonly type: 'switch'; readonly scope?: SwitchScope }
  /** Park several or everything: one confirm. */
  | { readonly type: 'park-everything' }
  /** Add or replace a destination's credential. */
  | { readonly type: 'credential'; readonly destination: string }
  /** Add a source, or change the one named. */
  | { readonly type: 'source'; readonly id?: string }
  /** Add a destination, or change the one named. */
  | { readonly type: 'destination'; readonly id?: string }
  /** The demo's drill panel. */
  | { readonly type: 'demo' }
  /** Where did my event go? */
  | { readonly type: 'where'; readonly messageId?: string }
  /** Every revision of a document, with what it changed. */
  | { readonly type: 'history'; readonly kind: DocumentKind; readonly id: string }
  /** Leave a command to a time, or put it back after one; without `run` it asks which. */
  | { readonly type: 'schedule'; readonly run?: Schedule['run'] }
  | { readonly type: 'keys' };

export const requestStore = createStore<{ readonly request: OverlayRequest | null }>(() => ({ request: null }));

export function requestOverlay(request: OverlayRequest): void {
  requestStore.setState({ request });
}

export function closeOverlay(): void {
  requestStore.setState({ request: null });
}

/** A feature's overlay: always mounted, draws nothing until its request comes. Listed in `app/views.ts`. */
export type Overlay = ComponentType;
