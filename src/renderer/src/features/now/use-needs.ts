import { useMemo } from 'react';
import { useStore } from 'zustand';
import { settingsSchema } from '#contract/documents/settings.ts';
import type { VendorVerdict } from '#contract/operations/verdict.ts';
import { useDocument, useDocuments } from '#renderer/client/documents.ts';
import { useDesk, useLink } from '#renderer/client/session.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { failedOf, runWords } from '#renderer/frame/schedule-words.ts';
import { groupsOf, inForce, isDueForReview, type ScopeRow } from '#renderer/frame/scopes.ts';
import { useTelemetry } from '#renderer/streams/telemetry.ts';
import { verdictStore } from '#renderer/streams/verdicts.ts';
import { useNow } from '#renderer/ui/use-now.ts';
import { verdictWords } from '#renderer/ui/verdict.tsx';
import { type Need, needsOf } from './needs.ts';
import { stoppedByGuardrail } from './stopped-rollouts.ts';

const defaultBudgetBytes = settingsSchema.parse({}).diskBudgetBytes;

export interface Needs {
  readonly needs: readonly Need[];
  /** Stops that are in force and not (yet) a need. */
  readonly calmStops: readonly ScopeRow[];
}

/** What needs a person, from everything that this console knows; asked again every quarter of a minute. */
export function useNeeds(): Needs {
  const documents = useDocuments('destination');
  const switches = useDocuments('switch');
  const sources = useDocuments('source');
  const schedules = useDocuments('schedule');
  const rollouts = useDocuments('rollout');
  const live = useTelemetry((state) => state.destinations);
  const verdicts = useStore(verdictStore, (state) => state.byDestination);
  const resources = useTelemetry((state) => state.tick?.resources ?? null);
  const link = useLink((state) => state);
  const keychain = useDesk((state) => state.desk?.keychain ?? null);
  const settings = useDocument('settings', 'gateway')?.value;
  const credentials = useQuery('credential.list', {}, { refreshMs: 15_000 }).data?.credentials;
  const status = useQuery('system.status', {}, { refreshMs: 15_000 }).data;
  const ledger = useQuery('ledger.read', {}, { refreshMs: 15_000 }).data;
  const certificates = useQuery('transport.read', { warningsOnly: true }, { refreshMs: 60_000 }).data?.warnings;
  const now = useNow(15_000);
  return useMemo(() => {
    const stopped = inForce(groupsOf({ switches, destinations: documents, sources }));
    const needs = needsOf({
      now,
      destinations: documents.map(({ id, value }) => ({
        id,
        name: value?.name ?? id,
        owner: value?.owner ?? null,
        live: live.get(id),
        verdict: verdictText(verdicts.get(id)),
      })),
      stopped,
      credentials: new Map(credentials?.map((row) => [row.destination, row])),
      link: { phase: link.phase, since: link.since, action: link.error?.suggestedAction ?? '' },
      keychain,
      notReady: status?.notReady ?? [],
      unbalanced: [
        ...(ledger?.ledgers ?? []).filter((each) => !each.balanced).map((each) => each.destination),
        ...(ledger?.sources ?? []).filter((each) => !each.balanced).map((each) => each.source),
      ],
      ...(certificates === undefined ? {} : { certificates }),
      failedSchedules: failedOf(schedules, now).map(({ id, value }) => ({
        id,
        at: value.endedAt ?? value.at,
        what: runWords(value.run, { destinationName: (each) => documents.find((one) => one.id === each)?.value?.name ?? each }),
        detail: value.detail,
      })),
      stoppedRollouts: stoppedByGuardrail(rollouts, now),
      resources,
      diskBudgetBytes: settings?.diskBudgetBytes ?? defaultBudgetBytes,
    });
    return { needs, calmStops: stopped.filter((row) => row.mode === 'park' && !isDueForReview(row, now)) };
  }, [
    now,
    documents,
    switches,
    sources,
    live,
    verdicts,
    resources,
    link,
    keychain,
    settings,
    credentials,
    status,
    ledger,
    certificates,
    schedules,
    rollouts,
  ]);
}

/** `Them: It answers with server errors.`; empty where all is well. */
function verdictText(verdict: VendorVerdict | undefined): string {
  return verdict === undefined || verdict.verdict === 'fine' ? '' : `${verdictWords[verdict.verdict].word}: ${verdict.line}`;
}
