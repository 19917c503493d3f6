import { useStore } from 'zustand';
import { documentStore } from '#renderer/client/documents.ts';
import { Skeleton } from '#renderer/ui/placeholders.tsx';
import { ErasurePanel } from './erasure-panel.tsx';
import { RetentionPanel } from './retention-panel.tsx';

/** Who is forgotten, how far that is at every vendor, and how long everything else is kept. */
export function Forgetting() {
  const isLoaded = useStore(documentStore, (state) => state.isLoaded);
  if (!isLoaded) return <Skeleton rows={8} label="Loading the erasures" />;
  return (
    <>
      <ErasurePanel />
      <RetentionPanel />
    </>
  );
}
