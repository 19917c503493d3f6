import { IconPencil, IconPlayerTrackNext } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Answer } from '#renderer/frame/answer.tsx';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { Button } from '#renderer/ui/button.tsx';
import { CopyButton, Id } from '#renderer/ui/command-line.tsx';
import { Inspector } from '#renderer/ui/inspector.tsx';
import { JsonView } from '#renderer/ui/json-editor.tsx';
import { writeJson } from '#renderer/ui/json-text.ts';
import { Num } from '#renderer/ui/num.tsx';
import { Facts } from '#renderer/ui/panel.tsx';
import { bytes } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { absolute } from '#renderer/ui/time.ts';
import { DiscardLetters } from './discard-dialog.tsx';
import { EditDialog } from './edit-dialog.tsx';
import classes from './recovery.module.css';
import { RehearsalView } from './rehearsal-view.tsx';
import type { ReplayAsk } from './replay-dialog.tsx';
import { classWord, type Inspected } from './words.ts';

interface Props {
  readonly destination: string;
  readonly seq: number;
  readonly onClose: () => void;
  readonly onReplay: (ask: ReplayAsk) => void;
  readonly onChange: () => void;
}

/** One dead letter: why it died, what would be sent now, and what it is, masked. */
export function LetterInspector({ destination, seq, onClose, onReplay, onChange }: Props) {
  const query = useQuery('deadLetter.inspect', { destination, seq });
  const name = query.data === null ? `log entry ${seq.toLocaleString('en-US')}` : query.data.letter.name || query.data.letter.type;
  return (
    <Inspector subject={`the dead letter ${name}`} title={name} onClose={onClose}>
      <div className={classes.inspector}>
        <Answer query={query} label="the dead letter" meaning="It is kept as it is." rows={8}>
          {(inspected) => (
            <Details
              destination={destination}
              inspected={inspected}
              onReplay={() => onReplay({ destination, selection: { type: 'events', seqs: [seq] }, title: `the dead letter ${name}` })}
              onChange={() => {
                onChange();
                onClose();
              }}
            />
          )}
        </Answer>
      </div>
    </Inspector>
  );
}

interface DetailsProps {
  readonly destination: string;
  readonly inspected: Inspected;
  readonly onReplay: () => void;
  readonly onChange: () => void;
}

function Details({ destination, inspected, onReplay, onChange }: DetailsProps) {
  const { letter, masked } = inspected;
  const [asking, setAsking] = useState<'edit' | 'discard' | null>(null);
  const text = useMemo(() => (masked === null || masked === undefined ? null : writeJson(masked)), [masked]);
  return (
    <>
      <div className={classes.acts}>
        <Button size="small" icon={<IconPlayerTrackNext size={14} stroke={1.6} />} disabled={text === null} onClick={onReplay}>
          Replay…
        </Button>
        <Button size="small" icon={<IconPencil size={14} stroke={1.6} />} disabled={text === null} onClick={() => setAsking('edit')}>
          Edit a copy…
        </Button>
        <Button size="small" look="quiet" onClick={() => setAsking('discard')}>
          Discard…
        </Button>
      </div>
      <section aria-label="Why it died">
        <h3 className={classes.sub}>
          {classWord(letter.class)}{' '}
          <span className={classes.quiet}>after {letter.attempts === 1 ? 'one attempt' : `${letter.attempts} attempts`}</span>
        </h3>
        <p className={classes.answer}>{letter.detail === '' ? 'The vendor said nothing.' : letter.detail}</p>
      </section>
      {text === null ? (
        <p className={shared.muted}>Its content is gone: it was erased. It can be discarded, not sent.</p>
      ) : (
        <>
          <Rehearsed destination={destination} seq={letter.seq} />
          <section aria-label="The event, masked">
            <h3 className={classes.sub}>
              The event <span className={classes.quiet}>texts and numbers masked</span>
            </h3>
            <JsonView label="The event, masked" text={text} height="short" />
          </section>
        </>
      )}
      <LetterFacts inspected={inspected} />
      {asking === 'edit' ? (
        <EditDialog destination={destination} letter={letter} masked={masked} onClose={() => setAsking(null)} onDone={onChange} />
      ) : null}
      {asking === 'discard' ? (
        <DiscardLetters
          destination={destination}
          which={{ seqs: [letter.seq] }}
          title={`the dead letter ${letter.name || letter.type}`}
          onClose={() => setAsking(null)}
          onDone={onChange}
        />
      ) : null}
    </>
  );
}

/** What would be sent now, or why not: made without the credential, and sent nowhere. */
function Rehearsed({ destination, seq }: { readonly destination: string; readonly seq: number }) {
  const query = useQuery('deadLetter.dryRun', { destination, seq });
  return (
    <section aria-label="If it were sent now">
      <h3 className={classes.sub}>
        If it were sent now <span className={classes.quiet}>a dry run: nothing is sent</span>
      </h3>
      <Answer query={query} label="the dry run" meaning="Nothing was sent." rows={2}>
        {(rehearsal) => <RehearsalView rehearsal={rehearsal} />}
      </Answer>
    </section>
  );
}

function LetterFacts({ inspected: { letter, dedupeKey, dedupeNote, replays, provenance } }: { readonly inspected: Inspected }) {
  const source = useStore(documentStore, (state) => state.byKind.source.get(letter.source)?.value?.name ?? letter.source);
  const plan = provenance?.schema;
  return (
    <Facts
      items={[
        {
          label: 'Message id',
          value: (
            <span className={classes.copy}>
              <button
                type="button"
                className={classes.linkish}
                onClick={() => requestOverlay({ type: 'where', messageId: letter.messageId })}
              >
                <Id value={letter.messageId} keep={26} />
              </button>
              <CopyButton text={letter.messageId} label="Copy the message id" />
            </span>
          ),
        },
        { label: 'Died', value: absolute(letter.at) },
        { label: 'Received', value: letter.receivedAt === 0 ? '–' : `${absolute(letter.receivedAt)}, from ${source}` },
        {
          label: 'Size',
          value: (
            <>
              <Num of={bytes(letter.bytes)} />, log entry {letter.seq.toLocaleString('en-US')}
            </>
          ),
        },
        { label: 'Plan', value: plan === undefined ? 'not checked' : plan },
        { label: 'If sent twice', value: dedupeNote },
        { label: 'Dedupe key', value: dedupeKey === null ? 'none' : <Id value={dedupeKey} keep={26} /> },
        { label: 'Given anew', value: replays.length === 0 ? 'never' : replays.map(({ replay }) => replay).join(', ') },
      ]}
    />
  );
}
