import { useMemo } from 'react';
import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { DocumentVersions } from '#renderer/frame/document-versions.tsx';
import { EditedHead, Outdated } from '#renderer/frame/editing/edited-head.tsx';
import { SaveActs } from '#renderer/frame/editing/save-acts.tsx';
import { type Edited, useEdited } from '#renderer/frame/editing/use-edited.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { RemoveAct } from '#renderer/frame/remove-document.tsx';
import { href } from '#renderer/frame/router.ts';
import { Page } from '#renderer/ui/page.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { draftOf, type FlagDraft, flagOf } from './draft.ts';
import { flagDrafts } from './drafts.ts';
import { FlagFields } from './flag-fields.tsx';
import { TargetingPanel } from './targeting-panel.tsx';
import { TryBox } from './try-box.tsx';

/** One flag as it is edited, and what the draft comes to for somebody, live. */
export function FlagPage({ id }: { readonly id: string }) {
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  const edited = useEdited('flag', id, flagDrafts, draftOf);
  if (!isLoaded) return <Loading rows={10} label="the flag" />;
  if (edited.draft === null) {
    return (
      <EmptyState title="There is no such flag" action={<a href={href('/controls/flags')}>All flags</a>}>
        The address names “{id}”, which this gateway does not have.
      </EmptyState>
    );
  }
  return <Workbench edited={edited} draft={edited.draft} />;
}

function Workbench({ edited, draft }: { readonly edited: Edited<'flag', FlagDraft>; readonly draft: FlagDraft }) {
  const { id } = edited;
  const drawn = useMemo(() => flagOf(draft), [draft]);
  const { value } = drawn;
  return (
    <>
      <EditedHead
        edited={edited}
        name={id}
        back={{ path: '/controls/flags', label: 'All flags' }}
        actions={
          edited.document === undefined ? null : (
            <RemoveAct
              kind="flag"
              id={id}
              name={id}
              means="Apps that still ask for it get their own default from now on."
              drafts={flagDrafts}
              back="/controls/flags"
            />
          )
        }
        save={
          <SaveActs
            kind="flag"
            edited={edited}
            name={id}
            save={value === null ? null : (run, fields) => run('flag.put', { ...fields, value })}
          />
        }
      />
      <Page>
        <Outdated edited={edited} />
        <TargetingPanel draft={draft} drawn={drawn} onChange={edited.change} />
        <Panel title="Test box" note="live, with the draft; nothing is stored">
          <TryBox id={id} value={value} />
        </Panel>
        <FlagFields draft={draft} drawn={drawn} onChange={edited.change} />
        <DocumentVersions kind="flag" id={id} name={id} />
      </Page>
    </>
  );
}
