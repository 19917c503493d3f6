import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Shell } from './shell.tsx';
import { cssVariables, theme } from './theme.ts';

const colorSchemes = localStorageColorSchemeManager({ key: 'sluice.theme' });

/** The console. `nonce` allows Mantine's runtime style elements under the content security policy. */
export function App({ nonce }: { readonly nonce: string }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemes}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <Shell />
    </MantineProvider>
  );
}
