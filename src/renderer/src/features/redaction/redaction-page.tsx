import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { useTrial } from '#renderer/client/use-trial.ts';
import { DocumentVersions } from '#renderer/frame/document-versions.tsx';
import { EditedHead, Outdated } from '#renderer/frame/editing/edited-head.tsx';
import { SaveActs } from '#renderer/frame/editing/save-acts.tsx';
import { type Edited, useEdited } from '#renderer/frame/editing/use-edited.ts';
import { issuesOf } from '#renderer/frame/issues.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { RemoveAct } from '#renderer/frame/remove-document.tsx';
import { href } from '#renderer/frame/router.ts';
import { readJson, writeJson } from '#renderer/ui/json-text.ts';
import { Page } from '#renderer/ui/page.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { draftOf, type RedactionDraft, redactionOf } from './draft.ts';
import { redactionDrafts } from './drafts.ts';
import { Rules } from './rules.tsx';
import { firstEvent, type Tried } from './sample.ts';
import { TestBox } from './test-box.tsx';

/** One set of rules, and what they make of an event, live. */
export function RedactionPage({ id }: { readonly id: string }) {
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  const edited = useEdited('redaction', id, redactionDrafts, draftOf);
  if (!isLoaded) return <Loading rows={10} label="the redaction rules" />;
  if (edited.draft === null) {
    return (
      <EmptyState title="There are no such rules" action={<a href={href('/flow/redaction')}>All redaction rules</a>}>
        The address names “{id}”, which this gateway does not have.
      </EmptyState>
    );
  }
  return <Workbench id={id} edited={edited} draft={edited.draft} />;
}

interface WorkbenchProps {
  readonly id: string;
  readonly edited: Edited<'redaction', RedactionDraft>;
  readonly draft: RedactionDraft;
}

function Workbench({ id, edited, draft }: WorkbenchProps) {
  const [text, setText] = useState(() => writeJson(firstEvent));
  // Null: the draft alone; otherwise everything that is in force for a source.
  const [source, setSource] = useState<string | null>(null);
  const read = useMemo(() => readJson(text), [text]);
  const drawn = useMemo(() => redactionOf(draft), [draft]);
  const event = useMemo(() => {
    const value = read.ok ? read.value : null;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  }, [read]);
  const { value } = drawn;
  const input = event === null ? null : source !== null ? { source, event } : value === null ? null : { value, event };
  const trial = useTrial('redaction.test', input);
  const tried: Tried = { text, read, event, trial, isRuleWrong: source === null && (value === null || issuesOf(trial.error).size > 0) };
  return (
    <>
      <EditedHead
        edited={edited}
        name={draft.name}
        back={{ path: '/flow/redaction', label: 'All redaction rules' }}
        actions={
          edited.document === undefined ? null : (
            <RemoveAct
              kind="redaction"
              id={id}
              name={draft.name}
              means="What these rules kept out is written down and sent from now on. What they took from earlier events stays gone."
              drafts={redactionDrafts}
              back="/flow/redaction"
            />
          )
        }
        save={
          <SaveActs
            kind="redaction"
            edited={edited}
            name={draft.name}
            save={value === null ? null : (run, fields) => run('redaction.put', { ...fields, value })}
          />
        }
      />
      <Page>
        <Outdated edited={edited} />
        <Rules
          draft={draft}
          problems={new Map([...issuesOf(trial.error), ...drawn.problems])}
          // A trial of the draft alone calls it `test`.
          changed={
            source === null && trial.data !== null && !trial.isPending
              ? new Set(trial.data.rules.map((rule) => rule.slice(rule.indexOf('/') + 1)))
              : null
          }
          onChange={(values) => edited.change({ ...draft, ...values })}
        />
        <TestBox tried={tried} source={source} onSource={setSource} onText={setText} />
        <DocumentVersions kind="redaction" id={id} name={draft.name} />
      </Page>
    </>
  );
}
