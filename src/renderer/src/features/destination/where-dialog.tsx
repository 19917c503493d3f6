import { TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useStore } from 'zustand';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { destinationName } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { closeOverlay, requestStore } from '#renderer/frame/overlays.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Id } from '#renderer/ui/command-line.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import { EmptyState, ErrorState, Skeleton } from '#renderer/ui/placeholders.tsx';
import { bytes, toText } from '#renderer/ui/quantity.ts';
import type { MarkState } from '#renderer/ui/state.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { Table } from '#renderer/ui/table.tsx';
import { absolute } from '#renderer/ui/time.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './destination.module.css';

type Found = OutputOf<Operations['event.where']>['events'][number];
type Place = Found['destinations'][number];

const looks: Readonly<Record<Place['state'], { readonly mark: MarkState; readonly word: string }>> = {
  confirmed: { mark: 'healthy', word: 'delivered, confirmed' },
  accepted: { mark: 'healthy', word: 'delivered, accepted' },
  settled: { mark: 'healthy', word: 'settled' },
  'in-flight': { mark: 'none', word: 'in flight now' },
  waiting: { mark: 'none', word: 'waiting' },
  held: { mark: 'parked', word: 'held' },
  retrying: { mark: 'degraded', word: 'retrying' },
  dead: { mark: 'failing', word: 'dead letter' },
  filtered: { mark: 'off', word: 'not routed here' },
  suppressed: { mark: 'off', word: 'suppressed' },
  dropped: { mark: 'dropping', word: 'dropped' },
  diverted: { mark: 'off', word: 'diverted' },
  expired: { mark: 'off', word: 'expired' },
};

/** Where did my event go? One message id, its whole life at every destination. */
export function WhereDialog() {
  const request = useStore(requestStore, (state) => state.request);
  return request?.type === 'where' ? <OpenWhere key={request.messageId ?? ''} initial={request.messageId ?? ''} /> : null;
}

function OpenWhere({ initial }: { readonly initial: string }) {
  const [text, setText] = useState(initial);
  const [asked, setAsked] = useState(initial);
  const { data, error, isLoading, reload } = useQuery('event.where', asked === '' ? null : { messageId: asked }, { refreshMs: 2000 });
  const ask = (event: FormEvent) => {
    event.preventDefault();
    setAsked(text.trim());
  };
  return (
    <Dialog isOpen onClose={closeOverlay} title="Where did my event go?" width={720}>
      <div className={classes.stack}>
        <form className={classes.where} onSubmit={ask}>
          <TextInput
            aria-label="Message id"
            placeholder="Message id"
            className={classes.grow ?? ''}
            value={text}
            data-autofocus
            spellCheck={false}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button look="primary" type="submit" disabled={text.trim() === ''}>
            Find it
          </Button>
        </form>
        {asked === '' ? (
          <EmptyState title="One message id, its whole life">
            Every SDK writes a message id on each event. Paste one to see where it is at every destination, how often it was tried and what
            comes next.
          </EmptyState>
        ) : null}
        {asked !== '' && data === null && isLoading ? <Skeleton rows={4} /> : null}
        {asked !== '' && error !== null ? <ErrorState error={error} onRetry={reload} /> : null}
        {error !== null ? null : data?.events.map((event) => <Life key={`${event.source} ${event.seq}`} event={event} />)}
      </div>
    </Dialog>
  );
}

function Life({ event }: { readonly event: Found }) {
  return (
    <section className={classes.life}>
      <p>
        <strong>{event.name === '' ? event.type : event.name}</strong>{' '}
        <span className={classes.quiet}>
          from {event.source}, received{' '}
          <time title={absolute(event.receivedAt)}>
            <TimeAgo at={event.receivedAt} />
          </time>
          , {toText(bytes(event.bytes))}, log entry {event.seq.toLocaleString('en-US')}
        </span>
      </p>
      <Table
        label="At each destination"
        isDense
        rows={event.destinations}
        rowKey={(place) => place.destination}
        columns={[
          { id: 'destination', title: 'Destination', cell: (place) => destinationName(place.destination) },
          {
            id: 'state',
            title: 'Is',
            cell: (place) => (
              <span className={classes.placeState}>
                <StatusMark state={looks[place.state].mark} size={10} /> {looks[place.state].word}
              </span>
            ),
          },
          { id: 'detail', title: 'Detail', cell: (place) => <span className={classes.quiet}>{detailOf(place)}</span> },
          {
            id: 'key',
            title: 'Vendor’s dedupe key',
            cell: (place) => (place.dedupeKey === null ? <span className={classes.quiet}>none</span> : <Id value={place.dedupeKey} />),
          },
        ]}
      />
    </section>
  );
}

function detailOf(place: Place): string {
  const next = place.nextAttemptAt === null ? '' : `next try ${absolute(place.nextAttemptAt)}`;
  const attempt = place.attempt !== null && place.attempt > 1 ? `attempt ${place.attempt}` : '';
  return [place.detail, attempt, next].filter((part) => part !== '').join(' · ');
}
