import { useState } from 'react';
import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { Columns, Page } from '#renderer/ui/page.tsx';
import { PersonPanel } from './person-panel.tsx';
import { PolicyPanel } from './policy-panel.tsx';
import { SuppressionPanel } from './suppression-panel.tsx';

/** What each destination needs a person's consent for, what one person said, and who is sent nothing of. */
export function Consent() {
  // What is done about one person shows in the list, and the other way round.
  const [turn, setTurn] = useState(0);
  const changed = () => setTurn((before) => before + 1);
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  if (!isLoaded) return <Loading rows={10} label="the consent policies" />;
  return (
    <Page>
      <PolicyPanel />
      <Columns>
        <PersonPanel turn={turn} onChange={changed} />
        <SuppressionPanel turn={turn} onChange={changed} />
      </Columns>
    </Page>
  );
}
