import '@mantine/core/styles.layer.css';
import '@mantine/spotlight/styles.layer.css';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '#renderer/ui/tokens.css';
import '#renderer/ui/base.css';
import './mantine.css';
import { createRoot } from 'react-dom/client';
import { takeLaunchToken } from '#renderer/client/browser-session.ts';
import { startRouter } from '#renderer/frame/router.ts';
import { startShortcuts } from '#renderer/frame/shortcuts.ts';
import { App } from './app.tsx';
import { startCommands } from './commands.tsx';
import { NoSession } from './no-session.tsx';
import { startClient } from './start.ts';

// First of all, before anything else can read the address.
const token = takeLaunchToken(window);
const nonce = document.querySelector<HTMLMetaElement>('meta[name=style-nonce]')?.content ?? '';
// Libraries under Mantine (get-nonce) look for their nonce here.
Object.defineProperty(globalThis, '__webpack_nonce__', { value: nonce });

startRouter(window);
const host = document.getElementById('root');
if (host === null) throw new Error('index.html has no #root');
// biome-ignore lint/suspicious/noConsole: a bug belongs in the developer console
const root = createRoot(host, { onUncaughtError: (error) => console.error('the console failed', error) });

const hasSession = await startClient(window, token);
if (hasSession) {
  startCommands();
  startShortcuts(window);
  root.render(<App nonce={nonce} />);
} else {
  root.render(<NoSession nonce={nonce} />);
}
