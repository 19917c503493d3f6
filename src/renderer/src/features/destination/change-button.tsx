import { IconSettings } from '@tabler/icons-react';
import { Button } from '#renderer/ui/button.tsx';

/** In the head of a panel: opens the dialog that changes what it shows. */
export function ChangeButton({ onClick, label = 'Change…' }: { readonly onClick: () => void; readonly label?: string }) {
  return (
    <Button size="small" look="quiet" icon={<IconSettings size={14} />} onClick={onClick}>
      {label}
    </Button>
  );
}
