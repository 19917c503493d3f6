import { Select } from '@mantine/core';
import { useMemo } from 'react';
import { useDocuments } from '#renderer/client/documents.ts';
import { useLink } from '#renderer/client/session.ts';
import { JsonEditor, JsonView, type LineMark } from '#renderer/ui/json-editor.tsx';
import { nearestLine, readJson, writeJson } from '#renderer/ui/json-text.ts';
import { Panel } from '#renderer/ui/panel.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import shared from '#renderer/ui/shared.module.css';
import { differences } from './differences.ts';
import classes from './redaction.module.css';
import type { Tried } from './sample.ts';

interface Props {
  readonly tried: Tried;
  /** Null: the draft alone. */
  readonly source: string | null;
  readonly onSource: (source: string | null) => void;
  readonly onText: (text: string) => void;
}

/** An event before and after, side by side, while either is typed; what changed is marked in both. Nothing is stored or sent. */
export function TestBox({ tried, source, onSource, onText }: Props) {
  const sources = useDocuments('source');
  const { read, event, trial } = tried;
  const after = trial.data?.event ?? null;
  const afterText = useMemo(() => (after === null ? '' : writeJson(after)), [after]);
  const isOld = trial.isPending || event === null || tried.isRuleWrong;
  const marks = useMemo(() => marksOf(event, after, read, afterText, isOld), [event, after, read, afterText, isOld]);
  return (
    <Panel
      title="Test box"
      note="live; nothing is stored or sent"
      actions={
        <Select
          aria-label="Which rules are tried"
          className={classes.which ?? ''}
          data={[
            { value: '', label: 'These rules alone' },
            ...sources.map(({ id, value }) => ({ value: id, label: `All in force for ${value?.name ?? id}` })),
          ]}
          value={source ?? ''}
          allowDeselect={false}
          onChange={(value) => onSource(value === null || value === '' ? null : value)}
        />
      }
    >
      <div className={classes.sides}>
        <JsonEditor
          label="Before"
          note="as a sender would post it"
          value={tried.text}
          read={read}
          marks={marks.before}
          onChange={onText}
          height="short"
        />
        <div className={classes.after} data-old={isOld || undefined}>
          <p className={classes.afterHead}>
            <span className={classes.label}>After</span>
            <Words tried={tried} changes={marks.changes} isOld={isOld} />
          </p>
          <JsonView label="The event after redaction" text={afterText} marks={marks.after} height="short" />
        </div>
      </div>
    </Panel>
  );
}

function Words({ tried, changes, isOld }: { readonly tried: Tried; readonly changes: number; readonly isOld: boolean }) {
  const isLive = useLink((link) => link.phase === 'live');
  const { trial, event, isRuleWrong, read } = tried;
  const words = !isLive
    ? 'No gateway to ask: it comes once it answers again.'
    : event === null
      ? read.ok
        ? 'An event is an object: { … }'
        : 'The event has a mistake, marked at its line.'
      : isRuleWrong
        ? 'The rules cannot be tried yet: see what is marked.'
        : trial.error !== null && !trial.isPending
          ? `${trial.error.message} ${trial.error.suggestedAction}`
          : isOld || trial.data === null
            ? 'Trying…'
            : changes === 0
              ? 'No rule finds anything: it is written as it is.'
              : `${counted(changes, 'part')} changed by ${trial.data.rules.join(', ').replaceAll('test/', '')}`;
  return (
    <span className={shared.quiet} role="status">
      {words}
    </span>
  );
}

function marksOf(event: unknown, after: unknown, read: Tried['read'], afterText: string, isOld: boolean) {
  const none = { before: [], after: [], changes: 0 } as const;
  const readAfter = readJson(afterText);
  if (isOld || !read.ok || !readAfter.ok) return none;
  const found = differences(event, after);
  const lines = (pointers: Iterable<readonly [string, string]>, lineOf: ReadonlyMap<string, number>): readonly LineMark[] =>
    [...pointers].flatMap(([pointer, text]): LineMark[] => {
      const line = nearestLine(lineOf, pointer);
      return line === null ? [] : [{ line, look: 'changed', text }];
    });
  return {
    before: lines(
      [...found.before].map(([pointer, what]) => [pointer, what === 'gone' ? 'dropped' : 'changed'] as const),
      read.lineOf,
    ),
    after: lines(
      [...found.after].map((pointer) => [pointer, 'changed'] as const),
      readAfter.lineOf,
    ),
    changes: found.before.size,
  };
}
