/** A running gateway process, whichever way the host starts one: Node's spawn, or Electron's utilityProcess. */
export interface GatewayProcess {
  /** Hands over one line on the channel that ends with this process; the control token travels here, never by argv. */
  send(line: string): void;
  /** Each line the gateway prints on stdout. */
  onLine(listener: (line: string) => void): void;
  /** Each line of its log, on stderr. */
  onLogLine(listener: (line: string) => void): void;
  /** Called once, when it has ended or could not be started. `how` is `exit code 1`, `SIGKILL` ... */
  onExit(listener: (how: string) => void): void;
  /** Closes its channel: it finishes what it has in hand and exits. */
  close(): void;
  /** SIGKILL. */
  kill(): void;
}

export type SpawnGateway = (args: readonly string[]) => GatewayProcess;
