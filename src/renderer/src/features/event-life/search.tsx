import { Select, TextInput } from '@mantine/core';
import { IconZoomQuestion } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useDocuments } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Answer } from '#renderer/frame/answer.tsx';
import { href } from '#renderer/frame/router.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import shared from '#renderer/ui/shared.module.css';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './event-life.module.css';
import { Life } from './life.tsx';

interface Asked {
  readonly messageId: string;
  readonly source?: string;
}

/** A message id in, its whole life out. The id stays in the page: a sender may have made it of anything. */
export function EventSearch({ initial }: { readonly initial: string }) {
  const sources = useDocuments('source');
  const [text, setText] = useState(initial);
  const [source, setSource] = useState('');
  const [asked, setAsked] = useState<Asked | null>(initial === '' ? null : { messageId: initial });
  const query = useQuery('event.where', asked === null ? null : { ...asked }, { refreshMs: 2000 });
  const ask = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') setAsked({ messageId: text.trim(), ...(source === '' ? {} : { source }) });
  };
  const isUnknown = query.error?.code === 'EVENT_NOT_FOUND';
  return (
    <div className={shared.stack}>
      <form className={classes.search} onSubmit={ask}>
        <TextInput
          className={classes.grow ?? ''}
          aria-label="Message id"
          placeholder="Message id"
          leftSection={<IconZoomQuestion size={14} stroke={1.6} />}
          value={text}
          maxLength={200}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        {sources.length < 2 ? null : (
          <Select
            aria-label="Source"
            className={classes.source ?? ''}
            data={[{ value: '', label: 'From any source' }, ...sources.map(({ id, value }) => ({ value: id, label: value?.name ?? id }))]}
            value={source}
            allowDeselect={false}
            onChange={(value) => setSource(value ?? '')}
          />
        )}
        <Button look="primary" type="submit" disabled={text.trim() === ''}>
          Find it
        </Button>
      </form>
      {asked === null ? (
        <EmptyState title="One message id, its whole life">
          Every SDK writes a message id on each event. Paste one to see its way in, where it is at every destination, how often it was tried
          and what comes next.
        </EmptyState>
      ) : isUnknown ? (
        <EmptyState title="No event with this message id is in the log" action={<a href={href('/flow/quarantine')}>See the quarantine</a>}>
          It may never have arrived, be older than the retention, or wait in quarantine because it breaks its plan.
        </EmptyState>
      ) : (
        <Answer query={query} label="the life of the event" meaning="Where it is, is not known now. It goes its way all the same." rows={5}>
          {({ events, quarantined = [] }) => (
            <>
              {quarantined.map((held) => (
                <Callout
                  key={held.id}
                  state="held"
                  title={`${held.name} waits in quarantine`}
                  actions={<a href={href('/flow/quarantine', { source: held.source, event: held.name })}>See it there</a>}
                >
                  It broke {`${held.plan}@${held.revision}`} when it came, <TimeAgo at={held.receivedAt} />. No destination has it.
                </Callout>
              ))}
              {events.map((event) => (
                <Life key={`${event.source} ${event.seq}`} event={event} />
              ))}
            </>
          )}
        </Answer>
      )}
    </div>
  );
}
