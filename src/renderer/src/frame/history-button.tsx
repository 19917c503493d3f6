import { IconHistory } from '@tabler/icons-react';
import type { DocumentKind } from '#contract/documents/document.ts';
import { IconButton } from '#renderer/ui/button.tsx';
import { requestOverlay } from './overlays.ts';

/** Opens every revision of a document. */
export function HistoryButton({ kind, id, name }: { readonly kind: DocumentKind; readonly id: string; readonly name: string }) {
  return (
    <IconButton
      size="small"
      label={`History of ${name}`}
      icon={<IconHistory size={16} stroke={1.6} />}
      onClick={() => requestOverlay({ type: 'history', kind, id })}
    />
  );
}
