import type { Overlay } from '#renderer/frame/overlays.ts';
import type { View } from '#renderer/frame/view.ts';
import { destinationsView } from './destinations-place.tsx';

/** The places in the rail, in their order. A feature adds its view here. */
export const views: readonly View[] = [destinationsView];

/** Dialogs that any view may ask for through `requestOverlay`. */
export const overlays: readonly Overlay[] = [];
