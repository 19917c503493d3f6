import { IconEye, IconPlayerPlay, IconServer } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useQuery } from '#renderer/client/use-query.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { Button } from '#renderer/ui/button.tsx';
import { CommandLine } from '#renderer/ui/command-line.tsx';
import classes from './first-run.module.css';

interface DoorProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
}

function Door({ icon, title, children }: DoorProps) {
  return (
    <section className={classes.door} aria-label={title}>
      <div className={classes.icon} aria-hidden="true">
        {icon}
      </div>
      <h2 className={classes.title}>{title}</h2>
      {children}
    </section>
  );
}

/** Three ways in, for a gateway that has no source and no destination yet. */
export function FirstRun() {
  const status = useQuery('system.status', {});
  const ingest = status.data?.ingestUrl;
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <h1>Nothing flows here yet</h1>
        <p>
          Sluice stands between your apps and your vendors: every event is stored once, delivered to each vendor, and can be stopped with
          one click, with proof.
        </p>
      </header>
      <div className={classes.doors}>
        <Door icon={<IconPlayerPlay size={20} stroke={1.6} />} title="60-second demo">
          <p>
            Four simulated vendors, live traffic and a drill panel, in a folder of its own that is removed at the end. Break a vendor, park
            it, kill the gateway.
          </p>
          <CommandLine command="npm run demo" />
        </Door>
        <Door icon={<IconEye size={20} stroke={1.6} />} title="Watch what I have">
          <p>
            Let one app send to this gateway beside what it does today, and route it nowhere: events are accepted, checked and counted under
            Flow, and no vendor hears of them until you add one.
          </p>
          <Button onClick={() => requestOverlay({ type: 'source' })}>Add a source…</Button>
          {ingest === undefined ? null : (
            <p className={classes.note}>Set your Segment SDK’s host to the address below; its write key is the source’s.</p>
          )}
          {ingest === undefined ? null : (
            <CommandLine
              command={`curl -u WRITE_KEY: ${ingest}/v1/track -H 'content-type: application/json' -d '{"userId":"u1","event":"Hello"}'`}
            />
          )}
        </Door>
        <Door icon={<IconServer size={20} stroke={1.6} />} title="Run a gateway">
          <p>
            Add a source, a destination and its credential: this machine’s embedded gateway delivers at once. On a server, the same gateway
            runs from one file and this console operates it from here.
          </p>
          <div className={classes.acts}>
            <Button look="primary" onClick={() => requestOverlay({ type: 'destination' })}>
              Add a destination…
            </Button>
            <Button onClick={() => requestOverlay({ type: 'source' })}>Add a source…</Button>
          </div>
          <CommandLine command="npm run gateway -- --data ./data --config sluice.yaml" />
        </Door>
      </div>
    </div>
  );
}
