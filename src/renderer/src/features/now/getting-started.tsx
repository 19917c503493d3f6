import { IconCheck } from '@tabler/icons-react';
import { useDocuments } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { useTelemetry } from '#renderer/streams/telemetry.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import classes from './now.module.css';

interface Task {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly isDone: boolean;
  readonly action: string;
  readonly run: () => void;
}

/** Pure: the step that is next; -1 when all are done. */
export function nextOf(tasks: readonly Pick<Task, 'isDone'>[]): number {
  return tasks.findIndex((task) => !task.isDone);
}

/** The way from nothing to the first delivery, shown until something was delivered. */
export function GettingStarted() {
  const sources = useDocuments('source');
  const destinations = useDocuments('destination');
  const delivered = useTelemetry((state) => [...state.destinations.values()].some((each) => each.tick.delivered > 0 || each.tick.dead > 0));
  const credentials = useQuery('credential.list', {}, { refreshMs: 15_000 }).data?.credentials;
  const ledger = useQuery('ledger.read', {}, { refreshMs: 5000 }).data;
  const hasDelivered =
    delivered ||
    (ledger?.ledgers.some((each) => (each.states.confirmed ?? 0) + (each.states.accepted ?? 0) + (each.states.dead ?? 0) > 0) ?? false);
  const hasReceived = ledger?.sources.some((each) => each.received > 0) ?? false;
  const missing = credentials?.find((row) => row.state === 'missing');
  // Nothing to guide while the answers are not there, or once it runs.
  if (hasDelivered || ledger === undefined || credentials === undefined) return null;
  const tasks: readonly Task[] = [
    {
      id: 'source',
      title: 'Add a source',
      text: 'An app that sends: a Segment SDK with its host set here, or plain JSON.',
      isDone: sources.length > 0,
      action: 'Add a source…',
      run: () => requestOverlay({ type: 'source' }),
    },
    {
      id: 'destination',
      title: 'Add a destination',
      text: 'A vendor that events go to.',
      isDone: destinations.length > 0,
      action: 'Add a destination…',
      run: () => requestOverlay({ type: 'destination' }),
    },
    {
      id: 'credential',
      title: 'Give it its credential',
      text: 'Until then it is held and its events wait.',
      isDone: destinations.length > 0 && missing === undefined,
      action: 'Add the credential…',
      run: () => missing !== undefined && requestOverlay({ type: 'credential', destination: missing.destination }),
    },
    {
      id: 'event',
      title: 'Send an event',
      text: 'From your app, or with the code that the source shows.',
      isDone: hasReceived,
      action: 'Show the code…',
      run: () => requestOverlay({ type: 'source', ...(sources[0] === undefined ? {} : { id: sources[0].id }) }),
    },
  ];
  const next = nextOf(tasks);
  return (
    <Panel
      title="To the first delivery"
      note={
        next < 0
          ? 'set up; the first answer of the vendor is awaited'
          : `${tasks.filter((task) => task.isDone).length} of ${tasks.length} done`
      }
      isFlush
    >
      <ol className={classes.tasks}>
        {tasks.map((task, index) => (
          <li key={task.id} className={classes.task} data-done={task.isDone || undefined} data-next={index === next || undefined}>
            <span className={classes.number}>{task.isDone ? <IconCheck size={14} stroke={2.5} aria-label="done" /> : index + 1}</span>
            <div className={classes.words}>
              <p className={classes.title}>{task.title}</p>
              <p className={classes.text}>{task.text}</p>
              {index === next ? (
                <Button size="small" look="primary" onClick={task.run}>
                  {task.action}
                </Button>
              ) : null}
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
