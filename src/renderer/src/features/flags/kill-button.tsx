import type { Document } from '#contract/documents/document.ts';
import { flagState } from '#renderer/frame/flag-words.ts';
import { Button } from '#renderer/ui/button.tsx';
import { switchFlag } from './switch-flag.tsx';

/** One click for a kill flag: off for everybody, or on again. Nothing for other flags. */
export function KillButton({ row }: { readonly row: Document<'flag'> }) {
  if (row.value?.type !== 'kill' || row.value.state === 'DISABLED') return null;
  const isOn = flagState(row.value) === 'on';
  return (
    <Button size="small" aria-label={`Turn ${row.id} ${isOn ? 'off' : 'on'} for everybody`} onClick={() => void switchFlag(row, !isOn)}>
      {isOn ? 'Turn off' : 'Turn on again'}
    </Button>
  );
}
