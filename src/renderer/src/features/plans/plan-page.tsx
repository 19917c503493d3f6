import { useEffect, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { useTrial } from '#renderer/client/use-trial.ts';
import { DocumentVersions } from '#renderer/frame/document-versions.tsx';
import { EditedHead, Outdated } from '#renderer/frame/editing/edited-head.tsx';
import { SaveActs } from '#renderer/frame/editing/save-acts.tsx';
import { type Edited, useEdited } from '#renderer/frame/editing/use-edited.ts';
import { issuesOf } from '#renderer/frame/issues.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { RemoveAct } from '#renderer/frame/remove-document.tsx';
import { href, useRoute } from '#renderer/frame/router.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Columns, Page } from '#renderer/ui/page.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { consequencesOf, draftOf, type EventDraft, firstSchema, freeKey, type PlanDraft, planOf } from './draft.ts';
import { planDrafts } from './drafts.ts';
import { EventList } from './event-list.tsx';
import { PlanSettings } from './plan-settings.tsx';
import classes from './plans.module.css';
import { SchemaPanel } from './schema-panel.tsx';
import { TestBox } from './test-box.tsx';
import { useTestEvent } from './use-test-event.ts';
import { ViolationsPanel } from './violations-panel.tsx';

/** One plan: its events, the schema of one, and a box to try it, live; below what broke it and its versions. */
export function PlanPage({ id }: { readonly id: string }) {
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  const edited = useEdited('plan', id, planDrafts, draftOf);
  if (!isLoaded) return <Loading rows={10} label="the tracking plan" />;
  if (edited.draft === null) {
    return (
      <EmptyState title="There is no such tracking plan" action={<a href={href('/flow/plans')}>All tracking plans</a>}>
        The address names “{id}”, which this gateway does not have.
      </EmptyState>
    );
  }
  return <Workbench id={id} edited={edited} draft={edited.draft} />;
}

interface WorkbenchProps {
  readonly id: string;
  readonly edited: Edited<'plan', PlanDraft>;
  readonly draft: PlanDraft;
}

function Workbench({ id, edited, draft }: WorkbenchProps) {
  const wanted = useRoute((route) => route.query.event);
  const [chosen, setChosen] = useState(wanted ?? null);
  useEffect(() => {
    if (wanted !== undefined) setChosen(wanted);
  }, [wanted]);
  const event = draft.events.find(({ key }) => key === chosen) ?? draft.events[0] ?? null;
  const drawn = useMemo(() => planOf(draft), [draft]);
  const { value } = drawn;
  const test = useTestEvent(event);
  const trial = useTrial('plan.test', drawn.value === null || test.event === null ? null : { id, value: drawn.value, event: test.event });
  const issues = issuesOf(trial.error);
  const violations = useQuery('plan.violations', { plan: id }, { refreshMs: 5000 });
  const change = (values: Partial<PlanDraft>) => edited.change({ ...draft, ...values });
  const setEvents = (events: readonly EventDraft[]) => change({ events });
  const changeEvent = (key: string, values: Partial<EventDraft>) =>
    setEvents(draft.events.map((each) => (each.key === key ? { ...each, ...values } : each)));
  const addEvent = (name: string) => {
    const key = freeKey(draft.events);
    setEvents([...draft.events, { key, name, mode: null, text: firstSchema }]);
    setChosen(key);
  };
  const gatewaySays = event === null ? undefined : issues.get(`events.${event.name}.schema`);
  return (
    <>
      <EditedHead
        edited={edited}
        name={draft.name}
        back={{ path: '/flow/plans', label: 'All tracking plans' }}
        actions={
          edited.document === undefined ? null : (
            <RemoveAct
              kind="plan"
              id={id}
              name={draft.name}
              means="Events of its sources are not checked any more: what it kept in quarantine fits and can be released, what it turned away is taken. Its versions stay in the history."
              drafts={planDrafts}
              back="/flow/plans"
            />
          )
        }
        save={
          <SaveActs
            kind="plan"
            edited={edited}
            name={`The plan ${draft.name}`}
            save={value === null ? null : (run, fields) => run('plan.put', { ...fields, value })}
            consequences={consequencesOf(draft, edited.document?.value ?? null)}
            action="Save, and turn such events away"
          />
        }
      />
      <Page>
        <Outdated edited={edited} />
        <PlanSettings draft={draft} problems={new Map([...issues, ...drawn.problems])} onChange={change} />
        <div className={classes.workbench}>
          <EventList
            events={draft.events}
            mode={draft.mode}
            current={event?.key ?? null}
            problems={drawn.problems}
            violations={violations.data?.violations ?? []}
            onChoose={setChosen}
            onAdd={addEvent}
          />
          {event === null ? (
            <EmptyState title="No event yet" action={<Button onClick={() => addEvent('')}>Add an event</Button>}>
              A plan without events says nothing of any event, unless what it does not name is reported, quarantined or blocked.
            </EmptyState>
          ) : (
            <>
              <SchemaPanel
                key={event.key}
                event={event}
                planMode={draft.mode}
                problem={drawn.problems.get(event.key) ?? gatewaySays}
                onChange={(values) => changeEvent(event.key, values)}
                onRemove={() => setEvents(draft.events.filter(({ key }) => key !== event.key))}
              />
              <TestBox
                test={test}
                trial={trial}
                isPlanWrong={drawn.value === null || issues.size > 0}
                onUseAsSchema={(text) => changeEvent(event.key, { text })}
              />
            </>
          )}
        </div>
        <Columns>
          <ViolationsPanel query={violations} onOpen={(name) => setChosen(draft.events.find((each) => each.name === name)?.key ?? null)} />
          <DocumentVersions kind="plan" id={id} name={draft.name} />
        </Columns>
      </Page>
    </>
  );
}
