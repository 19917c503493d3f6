import { MantineProvider } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { EmptyState } from '#renderer/ui/placeholders.tsx';
import { theme } from './theme.ts';

/** What a page shows that was not opened by its host, or whose session is over. */
export function NoSession({ nonce }: { readonly nonce: string }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => nonce}>
      <EmptyState icon={<IconLock size={20} stroke={1.6} />} title="This window has no session" command="npm start">
        Open Sluice again from its own window or from the terminal. An address alone does not let anybody in.
      </EmptyState>
    </MantineProvider>
  );
}
