import { IconFileDescription, IconPlayerTrackNext } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { href } from '#renderer/frame/router.ts';
import { Button } from '#renderer/ui/button.tsx';
import { CopyButton, Id } from '#renderer/ui/command-line.tsx';
import { Inspector } from '#renderer/ui/inspector.tsx';
import { JsonView, type LineMark } from '#renderer/ui/json-editor.tsx';
import { nearestLine, readJson, writeJson } from '#renderer/ui/json-text.ts';
import { Num } from '#renderer/ui/num.tsx';
import { Facts } from '#renderer/ui/panel.tsx';
import { bytes } from '#renderer/ui/quantity.ts';
import { absolute } from '#renderer/ui/time.ts';
import { type Act, type HeldEvent, pointerIn, violationText } from './choice.ts';
import classes from './quarantine.module.css';

/** Each violation at the line of the masked event that it speaks of. */
function marksOf(event: HeldEvent, text: string): readonly LineMark[] {
  const read = readJson(text);
  if (!read.ok) return [];
  return event.violations.flatMap((violation): LineMark[] => {
    const line = nearestLine(read.lineOf, pointerIn(event.type, violation.path));
    return line === null ? [] : [{ line, look: 'bad', text: violationText(violation) }];
  });
}

/** One held event: what it breaks and where, without its values. */
export function EventInspector({
  event,
  onClose,
  onAsk,
}: {
  readonly event: HeldEvent;
  readonly onClose: () => void;
  readonly onAsk: (act: Act) => void;
}) {
  const source = useStore(documentStore, (state) => state.byKind.source.get(event.source)?.value?.name ?? event.source);
  const text = useMemo(() => writeJson(event.masked), [event]);
  const marks = useMemo(() => marksOf(event, text), [event, text]);
  const name = event.name === '' ? event.type : event.name;
  return (
    <Inspector subject={`the held event ${name}`} title={name} onClose={onClose}>
      <div className={classes.inspector}>
        <div className={classes.acts}>
          <Button size="small" icon={<IconPlayerTrackNext size={14} stroke={1.6} />} onClick={() => onAsk('release')}>
            Release if it fits…
          </Button>
          <Button size="small" look="quiet" onClick={() => onAsk('discard')}>
            Discard…
          </Button>
          <a className={classes.link} href={href(`/flow/plans/${event.plan}`, { event: event.name === '' ? event.type : event.name })}>
            <IconFileDescription size={14} stroke={1.6} aria-hidden="true" /> Open the plan
          </a>
        </div>
        <section aria-label="What it breaks">
          <h3 className={classes.sub}>Breaks {`${event.plan}@${event.revision}`}</h3>
          <ul className={classes.violations}>
            {event.violations.map((violation) => (
              <li key={violationText(violation)}>
                <code>{violation.path === '' ? 'the event' : violation.path}</code> {violation.message}
              </li>
            ))}
          </ul>
        </section>
        <section aria-label="The event, masked">
          <h3 className={classes.sub}>
            The event <span className={classes.quiet}>texts and numbers masked</span>
          </h3>
          <JsonView label="The event, masked" text={text} marks={marks} height="short" />
        </section>
        <Facts
          items={[
            {
              label: 'Message id',
              value: (
                <span className={classes.copy}>
                  <Id value={event.messageId} keep={26} />
                  <CopyButton text={event.messageId} label="Copy the message id" />
                </span>
              ),
            },
            { label: 'Source', value: source },
            { label: 'Received', value: absolute(event.receivedAt) },
            { label: 'Size', value: <Num of={bytes(event.bytes)} /> },
          ]}
        />
      </div>
    </Inspector>
  );
}
