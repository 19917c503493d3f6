import { credentialsPlace } from '#renderer/features/credentials/place.tsx';
import { nowView } from '#renderer/features/now/view.tsx';
import type { Overlay } from '#renderer/frame/overlays.ts';
import type { View } from '#renderer/frame/view.ts';
import { controlsView } from './controls-place.tsx';
import { destinationsView } from './destinations-place.tsx';
import { flowView } from './flow-place.tsx';
import { incidentsView } from './incidents-place.tsx';
import { lazily } from './lazily.ts';
import { systemView } from './system-place.tsx';

const credentialsView: View = { ...credentialsPlace, component: lazily(({ Credentials }) => Credentials) };

/** The places in the rail, in their order. A feature adds its view here. */
export const views: readonly View[] = [nowView, destinationsView, flowView, controlsView, credentialsView, incidentsView, systemView];

/** Dialogs that any view may ask for through `requestOverlay`. */
export const overlays: readonly Overlay[] = [
  lazily(({ WhereDialog }) => WhereDialog),
  lazily(({ OpenOverlay }) => OpenOverlay),
  lazily(({ StopOverlay }) => StopOverlay),
  lazily(({ ParkEverythingOverlay }) => ParkEverythingOverlay),
  lazily(({ CredentialOverlay }) => CredentialOverlay),
  lazily(({ SourceOverlay }) => SourceOverlay),
  lazily(({ DestinationOverlay }) => DestinationOverlay),
  lazily(({ DrillPanel }) => DrillPanel),
  lazily(({ HistoryOverlay }) => HistoryOverlay),
  lazily(({ ScheduleOverlay }) => ScheduleOverlay),
];
