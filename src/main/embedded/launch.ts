/** One start of the gateway process: its arguments, its token, what it says of itself. */
import { randomBytes } from 'node:crypto';
import { type Secret, secret } from '#contract/secret.ts';
import { z } from '#contract/zod.ts';
import type { GatewayProcess, SpawnGateway } from './gateway-process.ts';

export interface LaunchOptions {
  readonly spawn: SpawnGateway;
  readonly dataFolder: string;
  /** 0 takes any free port. */
  readonly ingestPort: number;
  readonly controlPort: number;
  /** Configuration file handed to the gateway. */
  readonly configFile?: string | undefined;
}

export interface Ready {
  readonly ingest: string;
  readonly control: string;
  readonly token: Secret;
}

export interface LaunchEvents {
  readonly onReady: (ready: Ready) => void;
  /** It ended, or never came up. `code` is of the catalogue where it named one. */
  readonly onEnded: (end: { readonly code: string | null; readonly why: string }) => void;
}

const readySchema = z.looseObject({
  ready: z.literal(true),
  ingest: z.url({ protocol: /^https?$/ }),
  control: z.url({ protocol: /^wss?$/ }),
});
/** How a gateway that cannot start says why, on stderr: `CODE: what happened, what to do`. Everything else there is its log. */
const failurePattern = /^([A-Z]+_[A-Z_]+): (.+)$/;
/** Below it: one mistake of a file a line. */
const mistakePattern = /^ {2}([a-z].*: .+)$/;
const shownMistakes = 3;

export function launchGateway(options: LaunchOptions, { onReady, onEnded }: LaunchEvents): GatewayProcess {
  const token = secret(randomBytes(32).toString('base64url'));
  const child = options.spawn(argumentsOf(options));
  let failure: { code: string; why: string } | null = null;
  let mistakes = 0;
  child.onLogLine((line) => {
    const [, code, why] = failurePattern.exec(line) ?? [];
    if (code && why) failure = { code, why };
    const mistake = mistakePattern.exec(line)?.[1];
    if (failure === null || mistake === undefined) return;
    mistakes++;
    if (mistakes <= shownMistakes) failure = { ...failure, why: `${failure.why} ${capitalised(mistake)}.` };
  });
  child.onLine((line) => {
    const ready = parseReady(line);
    if (ready) onReady({ ingest: ready.ingest, control: ready.control, token });
  });
  child.onExit((how) => onEnded(failure ?? { code: null, why: `The gateway ended (${how}).` }));
  child.send(JSON.stringify({ token: token.reveal() }));
  return child;
}

function argumentsOf({ dataFolder, ingestPort, controlPort, configFile }: LaunchOptions): readonly string[] {
  const ports = ['--ingest-port', String(ingestPort), '--control-port', String(controlPort)];
  return ['--data', dataFolder, ...ports, '--embedded', '--token-stdin', ...(configFile ? ['--config', configFile] : [])];
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function parseReady(line: string): z.output<typeof readySchema> | null {
  try {
    return readySchema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
