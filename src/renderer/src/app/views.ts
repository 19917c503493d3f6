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
export const overlays: Readonly<Record<string, Overlay>> = {
  WhereDialog: lazily(({ WhereDialog }) => WhereDialog),
  OpenOverlay: lazily(({ OpenOverlay }) => OpenOverlay),
  StopOverlay: lazily(({ StopOverlay }) => StopOverlay),
  ParkEverythingOverlay: lazily(({ ParkEverythingOverlay }) => ParkEverythingOverlay),
  CredentialOverlay: lazily(({ CredentialOverlay }) => CredentialOverlay),
  SourceOverlay: lazily(({ SourceOverlay }) => SourceOverlay),
  DestinationOverlay: lazily(({ DestinationOverlay }) => DestinationOverlay),
  DrillPanel: lazily(({ DrillPanel }) => DrillPanel),
  HistoryOverlay: lazily(({ HistoryOverlay }) => HistoryOverlay),
  ScheduleOverlay: lazily(({ ScheduleOverlay }) => ScheduleOverlay),
};
