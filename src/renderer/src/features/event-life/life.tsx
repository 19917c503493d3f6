import { useStore } from 'zustand';
import { destinationName, documentStore } from '#renderer/client/documents.ts';
import { href } from '#renderer/frame/router.ts';
import { CopyButton, Id } from '#renderer/ui/command-line.tsx';
import { bytes, toText } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { clock } from '#renderer/ui/time.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './event-life.module.css';
import { detailOf, type Found, lookOf, type Place, sortPlaces, summaryOf, traceOf, wayIn } from './words.ts';

const columns: readonly Column<Place>[] = [
  {
    id: 'destination',
    title: 'Destination',
    width: '24%',
    cell: ({ destination }) => <a href={href(`/destinations/${destination}`)}>{destinationName(destination)}</a>,
  },
  {
    id: 'state',
    title: 'Is',
    width: '168px',
    cell: (place) => {
      const { mark, word } = lookOf(place);
      return (
        <span className={classes.place}>
          <StatusMark state={mark} size={10} />
          {place.state === 'dead' ? <a href={href(`/flow/dead-letters/${place.destination}`)}>{word}</a> : word}
        </span>
      );
    },
  },
  {
    id: 'detail',
    title: 'Detail',
    cell: (place) => (
      <span className={classes.cut} title={detailOf(place)}>
        {detailOf(place)}
      </span>
    ),
  },
  {
    id: 'key',
    title: 'Vendor’s dedupe key',
    width: '156px',
    cell: ({ dedupeKey }) => (dedupeKey === null ? <span className={shared.quiet}>none</span> : <Id value={dedupeKey} />),
  },
];

/** One event: what it is, its way in, and where it is at every destination. */
export function Life({ event }: { readonly event: Found }) {
  const source = useStore(documentStore, (state) => state.byKind.source.get(event.source)?.value?.name ?? event.source);
  return (
    <section className={classes.life} aria-label={`The life of ${event.name === '' ? event.type : event.name}`}>
      <header className={classes.lifeHead}>
        <h3 className={classes.name}>{event.name === '' ? event.type : event.name}</h3>
        <span className={shared.quiet}>
          {event.type} from {source}, {toText(bytes(event.bytes))}; {summaryOf(event.destinations)}
        </span>
      </header>
      <WayIn event={event} />
      <Table
        label="At each destination"
        columns={columns}
        rows={sortPlaces(event.destinations)}
        rowKey={({ destination }) => destination}
        isDense
        isFixed
        empty="It is for no destination."
      />
      <Trace event={event} />
    </section>
  );
}

function WayIn({ event }: { readonly event: Found }) {
  return (
    <ol className={classes.way} aria-label="Its way in">
      {wayIn(event).map((step) => (
        <li key={step.title} className={classes.step}>
          <span className={classes.stepTitle}>
            <StatusMark state={step.mark} size={10} />
            {step.path === null ? step.title : <a href={href(step.path)}>{step.title}</a>}
          </span>
          <span className={shared.quiet}>{step.detail}</span>
          {step.at === null ? null : (
            <span className={shared.quiet}>
              <TimeAgo at={step.at} />, {clock(step.at, 'UTC')} UTC
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

/** The W3C trace that it came with: the same trace id goes on to every vendor. */
function Trace({ event }: { readonly event: Found }) {
  const trace = traceOf(event.provenance?.trace);
  if (trace === null) return <p className={classes.trace}>It came without a trace (W3C traceparent): none goes on to vendors.</p>;
  return (
    <p className={classes.trace}>
      Trace <Id value={trace.traceId} keep={32} />
      <CopyButton text={trace.traceId} label="Copy the trace id" />
      from span <Id value={trace.parentId} keep={16} />, {trace.isSampled ? 'sampled' : 'not sampled'}; it goes on to every vendor.
    </p>
  );
}
