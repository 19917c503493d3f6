import { Select, TextInput } from '@mantine/core';
import { IconClockPlus, IconHistory } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { type DocumentKind, documentKindSchema } from '#contract/documents/document.ts';
import type { DocumentChange } from '#contract/operations/changes.ts';
import { Answer } from '#renderer/frame/answer.tsx';
import { ChangeList, OlderChanges } from '#renderer/frame/change-list.tsx';
import { kindName } from '#renderer/frame/change-words.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { setQuery, useRoute } from '#renderer/frame/router.ts';
import { useChanges } from '#renderer/frame/use-changes.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Page } from '#renderer/ui/page.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { dayOf } from '#renderer/ui/time.ts';
import { AheadPanel, FailedSchedules } from './ahead.tsx';
import classes from './changes.module.css';

/** Kinds that the gateway keeps its own state in, or that stand above. They are told where they are asked for. */
const kept: ReadonlySet<DocumentKind> = new Set([
  'breaker',
  'failover',
  'drill',
  'erasure',
  'replay',
  'restore-point',
  'playbook-run',
  'schedule',
  'rollout',
]);
const set = documentKindSchema.options.filter((kind) => !kept.has(kind));
const choices = [
  { value: 'set', label: 'what people set' },
  { value: 'all', label: 'everything' },
  ...documentKindSchema.options.map((kind) => ({ value: kind, label: kindName(kind).replace(/ (of|needed by)$/, '') })),
];

/** Who changed what, and why: all documents, newest first; above them what will change by itself. */
export function Changes() {
  const kind = useRoute((route) => route.query.kind ?? 'set');
  const by = useRoute((route) => route.query.by ?? '');
  const parsed = documentKindSchema.safeParse(kind);
  const filter = useMemo(() => {
    const kinds = parsed.success ? [parsed.data] : kind === 'all' ? undefined : set;
    return { ...(kinds === undefined ? {} : { kinds }), ...(by === '' ? {} : { by }) };
  }, [kind, by, parsed.success, parsed.data]);
  const { query, ...older } = useChanges(filter);
  return (
    <Page>
      <FailedSchedules />
      <AheadPanel />
      <Panel
        title="Changed"
        note="newest first; going back writes a new revision, and nothing is forgotten"
        actions={<Filter kind={kind} by={by} />}
        isFlush
      >
        <Answer query={query} label="the changes" meaning="Nothing is lost by this: changes are written before they are in force.">
          {(changes) => (
            <>
              <Days changes={changes} />
              {changes.length === 0 && older.loadOlder === null ? (
                <EmptyState icon={<IconHistory size={20} stroke={1.6} />} title="No such change">
                  {by === '' && kind === 'set' ? 'Nobody changed anything yet.' : 'Nothing that was changed fits the filter.'}
                </EmptyState>
              ) : null}
              <OlderChanges {...older} />
            </>
          )}
        </Answer>
      </Panel>
    </Page>
  );
}

function Filter({ kind, by }: { readonly kind: string; readonly by: string }) {
  const [typed, setTyped] = useState(by);
  return (
    <>
      <Select
        size="xs"
        aria-label="Show changes of"
        data={choices}
        value={kind}
        allowDeselect={false}
        searchable
        w={180}
        onChange={(value) => setQuery({ kind: value === null || value === 'set' ? '' : value })}
      />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setQuery({ by: typed.trim() });
        }}
      >
        <TextInput
          size="xs"
          aria-label="Made by"
          placeholder="by anybody"
          value={typed}
          w={120}
          onChange={(event) => setTyped(event.currentTarget.value)}
          onBlur={() => setQuery({ by: typed.trim() })}
        />
      </form>
    </>
  );
}

function Days({ changes }: { readonly changes: readonly DocumentChange[] }) {
  const days = useMemo(() => Map.groupBy(changes, ({ at }) => dayOf(at)), [changes]);
  return [...days].map(([day, rows]) => (
    <section key={day} className={classes.day} aria-label={day}>
      <h3 className={classes.dayTitle}>{day}</h3>
      <ChangeList label={`Changes of ${day}`} rows={rows} changes={changes} when="time" />
    </section>
  ));
}

export function ChangesActions() {
  return (
    <Button icon={<IconClockPlus size={14} stroke={1.6} />} onClick={() => requestOverlay({ type: 'schedule' })}>
      Schedule a change…
    </Button>
  );
}
