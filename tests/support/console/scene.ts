/** All that a test of the console needs, started and ended together: keychain, simulated vendors, host, window. */
import { type RealKeychain, startRealKeychain } from '#tests/support/keychain/real-keychain.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '#tests/support/simulator/simulator.ts';
import { type ConsoleHost, type GatewayConfig, startConsoleHost } from './host.ts';
import { type ConsoleWindow, openConsole, type WindowOptions } from './window.ts';

export interface SceneOptions {
  /** Absent: a console with nothing in it. */
  readonly config?: (simulator: Simulator) => GatewayConfig;
  readonly simulator?: SimulatorOptions;
  readonly window?: WindowOptions;
  /** Added to the host's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Scene extends AsyncDisposable {
  readonly keychain: RealKeychain;
  readonly simulator: Simulator;
  readonly host: ConsoleHost;
  readonly window: ConsoleWindow;
}

export async function startScene(options: SceneOptions = {}): Promise<Scene> {
  await using starting = new AsyncDisposableStack();
  const keychain = starting.adopt(await startRealKeychain(), (each) => each.stop());
  const simulator = starting.adopt(await createSimulator(options.simulator), (each) => each.close());
  const config = options.config?.(simulator);
  const host = starting.use(await startConsoleHost({ env: { ...keychain.env, ...options.env }, ...(config ? { config } : {}) }));
  const window = starting.use(await openConsole(host.url, options.window));
  await window.page
    .getByRole('contentinfo')
    .getByText('Live', { exact: true })
    .waitFor()
    .catch((cause: unknown) => {
      throw new Error(`the console did not become live: ${host.output().slice(-2000)}`, { cause });
    });
  const all = starting.move();
  return { keychain, simulator, host, window, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
