import { Checkbox, TextInput } from '@mantine/core';
import { IconPlayerTrackNext, IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import type { LetterFilter } from '#contract/documents/replay.ts';
import type { Letter } from '#contract/operations/replay.ts';
import { useDestinationName } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Answer } from '#renderer/frame/answer.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { Id } from '#renderer/ui/command-line.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { DiscardLetters } from './discard-dialog.tsx';
import { Facets } from './facets.tsx';
import classes from './recovery.module.css';
import type { ReplayAsk } from './replay-dialog.tsx';
import { classWord, filterWords } from './words.ts';

const pageSize = 100;

interface Props {
  readonly destination: string;
  readonly inspected: number | null;
  /** Moves on when something was replayed or discarded. */
  readonly turn: number;
  readonly onInspect: (seq: number) => void;
  readonly onReplay: (ask: ReplayAsk) => void;
  readonly onChange: () => void;
}

/** The dead letters of a destination: searched, narrowed by what they have in common, chosen one by one. */
export function Letters({ destination, inspected, turn, onInspect, onReplay, onChange }: Props) {
  const name = useDestinationName(destination);
  const [filter, setFilter] = useState<LetterFilter>({});
  const [messageId, setMessageId] = useState('');
  const [starts, setStarts] = useState<readonly number[]>([]);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [isDiscarding, setIsDiscarding] = useState(false);
  const beforeSeq = starts.at(-1);
  const query = useQuery(
    'deadLetter.search',
    {
      destination,
      filter,
      limit: pageSize,
      ...(messageId === '' ? {} : { messageId }),
      ...(beforeSeq === undefined ? {} : { beforeSeq }),
    },
    { refreshMs: 5000 },
  );
  const { reload } = query;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change asks again
  useEffect(() => {
    setChosen(new Set());
    reload();
  }, [turn, reload]);
  const narrow = (next: LetterFilter) => {
    setStarts([]);
    setChosen(new Set());
    setFilter(next);
  };
  const total = query.data?.facets?.total ?? null;
  const words = filterWords(filter);
  const seqs = [...chosen];
  const selected = seqs.length > 0;
  const all = words === '' ? `all dead letters of ${name}` : `dead letters of ${name}: ${words}`;
  return (
    <Panel
      title={name}
      note={
        query.data === null
          ? undefined
          : total === null || total === query.data.dead
            ? counted(query.data.dead, 'dead letter')
            : `${total.toLocaleString('en-US')} of ${counted(query.data.dead, 'dead letter')}`
      }
      actions={
        <>
          <Button size="small" look="quiet" onClick={() => onReplay({ destination, selection: null, title: `events of ${name}` })}>
            Replay a stretch…
          </Button>
          <Button size="small" look="quiet" disabled={!selected && (total ?? 0) === 0} onClick={() => setIsDiscarding(true)}>
            {selected ? `Discard ${seqs.length}…` : 'Discard…'}
          </Button>
          <Button
            size="small"
            look="primary"
            icon={<IconPlayerTrackNext size={14} stroke={1.6} />}
            disabled={!selected && (total ?? 0) === 0}
            onClick={() =>
              onReplay(
                selected
                  ? { destination, selection: { type: 'events', seqs }, title: `${counted(seqs.length, 'dead letter')} of ${name}` }
                  : { destination, selection: { type: 'deadLetters', filter }, title: all },
              )
            }
          >
            {selected ? `Replay ${seqs.length}…` : words === '' ? 'Replay all…' : 'Replay these…'}
          </Button>
        </>
      }
      isFlush
    >
      <Search filter={filter} messageId={messageId} onFilter={narrow} onMessageId={setMessageId} />
      {query.data?.facets == null ? null : <Facets facets={query.data.facets} filter={filter} onFilter={narrow} />}
      <Answer query={query} label="dead letters" meaning="They are kept; nothing is lost by it.">
        {({ letters, next, dead }) => (
          <div className={classes.table}>
            <Table
              label={`Dead letters of ${name}`}
              columns={columnsFor(letters, chosen, setChosen)}
              rows={letters}
              rowKey={(letter) => String(letter.seq)}
              onOpen={(letter) => onInspect(letter.seq)}
              isCurrent={(letter) => letter.seq === inspected}
              isDense
              isFixed
              empty={dead === 0 ? 'There is none: it took everything.' : 'None fits.'}
            />
            <div className={classes.pages}>
              {starts.length > 0 ? (
                <Button size="small" onClick={() => setStarts((before) => before.slice(0, -1))}>
                  Newer {pageSize}
                </Button>
              ) : null}
              {next === null ? null : (
                <Button size="small" onClick={() => setStarts((before) => [...before, next])}>
                  Older {pageSize}
                </Button>
              )}
            </div>
          </div>
        )}
      </Answer>
      {isDiscarding ? (
        <DiscardLetters
          destination={destination}
          which={selected ? { seqs } : { filter }}
          title={selected ? counted(seqs.length, 'dead letter') : all}
          onClose={() => setIsDiscarding(false)}
          onDone={onChange}
        />
      ) : null}
    </Panel>
  );
}

interface SearchProps {
  readonly filter: LetterFilter;
  readonly messageId: string;
  readonly onFilter: (filter: LetterFilter) => void;
  readonly onMessageId: (messageId: string) => void;
}

/** Words of the vendor's answer, a message id, a time. What is typed stays in the page. */
function Search({ filter, messageId, onFilter, onMessageId }: SearchProps) {
  const [text, setText] = useState('');
  const [id, setId] = useState('');
  const search = (event: React.FormEvent) => {
    event.preventDefault();
    const { text: _text, ...rest } = filter;
    onFilter(text.trim() === '' ? rest : { ...rest, text: text.trim() });
    onMessageId(id.trim());
  };
  const setTime = (name: 'fromMs' | 'toMs', value: string) => {
    const at = Date.parse(`${value}Z`);
    const { [name]: _old, ...rest } = filter;
    onFilter(Number.isNaN(at) ? rest : { ...rest, [name]: at });
  };
  const isTouched = text.trim() !== (filter.text ?? '') || id.trim() !== messageId;
  return (
    <form className={classes.search} onSubmit={search}>
      <TextInput
        className={classes.grow ?? ''}
        aria-label="Words of the vendor’s answer"
        placeholder="In the answer"
        leftSection={<IconSearch size={14} stroke={1.6} />}
        value={text}
        maxLength={200}
        autoComplete="off"
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <TextInput
        className={classes.grow ?? ''}
        aria-label="Message id"
        placeholder="Message id"
        value={id}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setId(event.currentTarget.value)}
      />
      <Button type="submit" disabled={!isTouched}>
        Search
      </Button>
      <TextInput
        className={classes.time ?? ''}
        type="datetime-local"
        aria-label="Died since, UTC"
        title="Died since, UTC"
        onChange={(event) => setTime('fromMs', event.currentTarget.value)}
      />
      <span className={classes.quiet} aria-hidden="true">
        –
      </span>
      <TextInput
        className={classes.time ?? ''}
        type="datetime-local"
        aria-label="Died before, UTC"
        title="Died before, UTC"
        onChange={(event) => setTime('toMs', event.currentTarget.value)}
      />
      <span className={classes.quiet}>UTC</span>
    </form>
  );
}

function columnsFor(
  letters: readonly Letter[],
  chosen: ReadonlySet<number>,
  setChosen: (chosen: ReadonlySet<number>) => void,
): readonly Column<Letter>[] {
  const toggle = (seq: number) => {
    const next = new Set(chosen);
    if (!next.delete(seq)) next.add(seq);
    setChosen(next);
  };
  const isAll = letters.length > 0 && letters.every(({ seq }) => chosen.has(seq));
  return [
    {
      id: 'choose',
      title: (
        <Checkbox
          size="xs"
          aria-label="Choose all shown"
          checked={isAll}
          indeterminate={!isAll && chosen.size > 0}
          onChange={() => setChosen(isAll ? new Set() : new Set(letters.map(({ seq }) => seq)))}
        />
      ),
      width: '40px',
      cell: ({ seq }) => (
        <Checkbox
          size="xs"
          aria-label={`Choose log entry ${seq.toLocaleString('en-US')}`}
          checked={chosen.has(seq)}
          onClick={(event) => event.stopPropagation()}
          onChange={() => toggle(seq)}
        />
      ),
    },
    { id: 'at', title: 'Died', width: '76px', cell: ({ at }) => <TimeAgo at={at} style="rough" /> },
    {
      id: 'name',
      title: 'Event',
      width: '24%',
      cell: ({ name, type }) => (
        <span className={classes.name} title={name}>
          {name === '' ? type : name}
        </span>
      ),
    },
    {
      id: 'why',
      title: 'Why',
      cell: (letter) => (
        <span className={classes.why} title={letter.detail}>
          <Tag>{classWord(letter.class)}</Tag> {letter.detail}
        </span>
      ),
    },
    { id: 'attempts', title: 'Tried', align: 'end', width: '60px', cell: ({ attempts }) => `${attempts.toLocaleString('en-US')}×` },
    { id: 'id', title: 'Message id', width: '134px', cell: ({ messageId }) => <Id value={messageId} /> },
  ];
}
