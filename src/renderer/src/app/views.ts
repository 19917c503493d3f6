import { HistoryOverlay } from '#renderer/features/changes/history-overlay.tsx';
import { ScheduleOverlay } from '#renderer/features/changes/schedule-overlay.tsx';
import { OpenOverlay } from '#renderer/features/controls/open-dialog.tsx';
import { ParkEverythingOverlay } from '#renderer/features/controls/park-everything.tsx';
import { StopOverlay } from '#renderer/features/controls/stop-dialog.tsx';
import { CredentialOverlay } from '#renderer/features/credentials/put-dialog.tsx';
import { credentialsView } from '#renderer/features/credentials/view.tsx';
import { DrillPanel } from '#renderer/features/demo/drill-panel.tsx';
import { WhereDialog } from '#renderer/features/event-life/where-dialog.tsx';
import { nowView } from '#renderer/features/now/view.tsx';
import { DestinationOverlay } from '#renderer/features/system/destination-dialog.tsx';
import { SourceOverlay } from '#renderer/features/system/source-dialog.tsx';
import type { Overlay } from '#renderer/frame/overlays.ts';
import type { View } from '#renderer/frame/view.ts';
import { controlsView } from './controls-place.tsx';
import { destinationsView } from './destinations-place.tsx';
import { flowView } from './flow-place.tsx';
import { incidentsView } from './incidents-place.tsx';
import { systemView } from './system-place.tsx';

/** The places in the rail, in their order. A feature adds its view here. */
export const views: readonly View[] = [nowView, destinationsView, flowView, controlsView, credentialsView, incidentsView, systemView];

/** Dialogs that any view may ask for through `requestOverlay`. */
export const overlays: readonly Overlay[] = [
  WhereDialog,
  OpenOverlay,
  StopOverlay,
  ParkEverythingOverlay,
  CredentialOverlay,
  SourceOverlay,
  DestinationOverlay,
  DrillPanel,
  HistoryOverlay,
  ScheduleOverlay,
];
