import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { settingsSchema } from '#contract/documents/settings.ts';
import { useDocument } from '#renderer/client/documents.ts';
import { callDesk, useDesk, useEnvironment } from '#renderer/client/session.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { CertificateTable } from '#renderer/frame/certificate-table.tsx';
import { Loading } from '#renderer/frame/loading.tsx';
import { showToast } from '#renderer/frame/toasts.ts';
import { useTelemetry } from '#renderer/streams/telemetry.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { CopyButton } from '#renderer/ui/command-line.tsx';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { Columns } from '#renderer/ui/page.tsx';
import { Facts, Panel, Stat, StatRow } from '#renderer/ui/panel.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import { age, bytes, duration, ratio, toText } from '#renderer/ui/quantity.ts';
import { absolute } from '#renderer/ui/time.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { DriftPanel } from './drift.tsx';
import { HealthCharts } from './health-charts.tsx';
import classes from './system.module.css';

/** The few numbers that matter of the gateway's process, its history, and what it says of itself. */
export function Health() {
  return (
    <>
      <NotReady />
      <Numbers />
      <HealthCharts />
      <Columns>
        <GatewayFacts />
        <DriftPanel />
      </Columns>
      <IngestCertificates />
    </>
  );
}

function NotReady() {
  const { data } = useQuery('system.status', {}, { refreshMs: 5000 });
  return data === null || data.ready ? null : (
    <Callout state="failing" title="The gateway is not ready">
      {data.notReady.join('. ')}
    </Callout>
  );
}

/** What the port for events shows, where it speaks TLS. */
function IngestCertificates() {
  const certificates = useQuery('system.status', {}, { refreshMs: 60_000 }).data?.ingestCertificates ?? [];
  return certificates.length === 0 ? null : (
    <Panel title="Certificates of the port for events" isFlush>
      <CertificateTable shown={certificates.map((certificate) => ({ where: '', certificate }))} />
    </Panel>
  );
}

function Numbers() {
  const resources = useTelemetry((state) => state.tick?.resources);
  const budget = useDocument('settings', 'gateway')?.value?.diskBudgetBytes ?? settingsSchema.parse({}).diskBudgetBytes;
  return (
    <StatRow>
      <Stat label="CPU" note="of one core">
        <Num of={ratio(resources?.cpu)} size="large" />
      </Stat>
      <Stat label="Event loop lag" note="p99 of a second">
        <Num of={duration(resources?.loopLagP99Ms)} size="large" />
      </Stat>
      <Stat label="Memory" note={resources === undefined ? undefined : `heap ${toText(bytes(resources.heapBytes))}`}>
        <Num of={bytes(resources?.rssBytes)} size="large" />
      </Stat>
      <Stat
        label="Log on disk"
        note={resources === undefined ? undefined : `${toText(ratio(resources.logBytes / budget))} of ${toText(bytes(budget))}`}
      >
        <Num of={bytes(resources?.logBytes)} size="large" />
      </Stat>
      <Stat label="Disk free" note="on the log’s volume">
        <Num of={bytes(resources?.diskFreeBytes)} size="large" />
      </Stat>
      <Stat label="Commit p99" note={resources === undefined ? undefined : `${Math.round(resources.commit.n)} in the last second`}>
        <Num of={duration(resources?.commit.p99)} size="large" />
      </Stat>
      <Stat label="Settle p99" note={resources === undefined ? undefined : `${Math.round(resources.settle.n)} in the last second`}>
        <Num of={duration(resources?.settle.p99)} size="large" />
      </Stat>
    </StatRow>
  );
}

const durability = {
  fsync: 'on disk before the answer (fsync)',
  replicated: 'on several nodes before the answer',
  memory: 'in memory only: a crash loses what is not delivered',
} as const;

function Copied({ text }: { readonly text: string }) {
  return (
    <span className={classes.copy}>
      <span className={classes.mono}>{text}</span>
      <CopyButton text={text} />
    </span>
  );
}

function GatewayFacts() {
  const { data, error, isLoading, reload } = useQuery('system.status', {}, { refreshMs: 10_000 });
  const environment = useEnvironment();
  const consoleVersion = useDesk((state) => state.desk?.version);
  return (
    <Panel title="Gateway" actions={environment?.kind === 'embedded' ? <Restart /> : undefined}>
      {data === null ? (
        error !== null ? (
          <ErrorState error={error} onRetry={reload} />
        ) : isLoading ? (
          <Loading rows={8} label="the health of the gateway" />
        ) : null
      ) : (
        <Facts
          items={[
            { label: 'State', value: data.ready ? 'ready' : data.notReady.join('. ') },
            {
              label: 'Up since',
              value: (
                <span title={absolute(data.startedAt)}>
                  <TimeAgo at={data.startedAt} style="fine" />
                </span>
              ),
            },
            {
              label: 'Version',
              value:
                data.version === consoleVersion || consoleVersion === undefined
                  ? data.version
                  : `${data.version} (this console ${consoleVersion})`,
            },
            { label: 'Node', value: data.node },
            { label: 'Environment', value: data.environment },
            { label: 'Durability', value: durability[data.durability] },
            {
              label: 'Duplicates recognised',
              value: (
                <>
                  for <Num of={age(data.dedupeWindowMs)} />
                </>
              ),
            },
            { label: 'Ingest', value: <Copied text={data.ingestUrl} /> },
            { label: 'Control', value: <Copied text={data.controlUrl} /> },
            { label: 'Data folder', value: <Copied text={data.dataFolder} /> },
            { label: 'Hold file', value: <Copied text={data.holdFile} /> },
          ]}
        />
      )}
    </Panel>
  );
}

/** Starts the embedded gateway anew: what waits is on disk, senders retry by themselves. */
function Restart() {
  const [isOpen, setIsOpen] = useState(false);
  const restart = async () => {
    setIsOpen(false);
    const answer = await callDesk('gateway.restart', {});
    showToast(
      answer.ok
        ? { id: 'restart', title: 'The gateway is starting anew', body: 'Switches stay as they are; what waits is on disk.' }
        : { id: 'restart', state: 'failing', title: `It was not restarted: ${answer.error.message}`, body: answer.error.suggestedAction },
    );
  };
  return (
    <>
      <Button size="small" icon={<IconRefresh size={14} />} onClick={() => setIsOpen(true)}>
        Restart the gateway…
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title="Restart the embedded gateway"
        action="Restart the gateway"
        onConfirm={() => void restart()}
      >
        <p>
          Ingest answers nothing for about a second: senders with a retry try again by themselves. Nothing acknowledged is lost, and
          switches stay as they are.
        </p>
      </ConfirmDialog>
    </>
  );
}
