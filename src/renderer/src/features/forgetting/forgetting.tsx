import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { ErasurePanel } from './erasure-panel.tsx';
import { RetentionPanel } from './retention-panel.tsx';

/** Who is forgotten, how far that is at every vendor, and how long everything else is kept. */
export function Forgetting() {
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  if (!isLoaded) return <Loading rows={8} label="the erasures" />;
  return (
    <>
      <ErasurePanel />
      <RetentionPanel />
    </>
  );
}
