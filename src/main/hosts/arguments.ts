/** The command line of the console, the same for both hosts. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { appError } from '#contract/errors.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { z } from '#contract/zod.ts';
import { defaultDataFolder } from '../desk/data-folder.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const argumentsSchema = z.object({
  /** Data folder. */
  data: z.string().min(1).optional(),
  /** Port of the embedded gateway's ingest; apps send there. 0: any. */
  'ingest-port': port.default(4680),
  'control-port': port.default(0),
  /** Configuration file of the embedded gateway. */
  config: z.string().min(1).optional(),
  /** Where the demo's vendor simulator listens; turns the demo on. Loopback only. */
  'demo-url': z.url({ protocol: /^http$/, hostname: /^(127\.0\.0\.1|localhost|\[::1\])$/ }).optional(),
  /** Browser host: print the address instead of opening a window. */
  'no-open': z.boolean().default(false),
  /** Browser host: print the address as one line of JSON, for programs. */
  'print-url': z.boolean().default(false),
});

export interface HostArguments {
  readonly dataFolder: string;
  readonly isDefaultFolder: boolean;
  readonly ingestPort: number;
  readonly controlPort: number;
  readonly configFile: string | undefined;
  readonly demoUrl: string | undefined;
  readonly opensWindow: boolean;
  readonly printsUrl: boolean;
}

const options = {
  data: { type: 'string' },
  'ingest-port': { type: 'string' },
  'control-port': { type: 'string' },
  config: { type: 'string' },
  'demo-url': { type: 'string' },
  'no-open': { type: 'boolean' },
  'print-url': { type: 'boolean' },
} as const;

/**
 * Reads the command line. INPUT_INVALID names what is wrong with it.
 * @param isStrict whether an unknown argument is a mistake; Chromium adds its own to Electron's.
 */
export function parseArguments(argv: readonly string[], isStrict: boolean): Result<HostArguments> {
  let values: unknown;
  try {
    values = parseArgs({ args: [...argv], options, strict: isStrict, allowPositionals: !isStrict }).values;
  } catch (thrown) {
    return err(appError('INPUT_INVALID', { detail: thrown instanceof Error ? thrown.message : String(thrown) }));
  }
  const parsed = argumentsSchema.safeParse(values);
  if (!parsed.success)
    return err(
      appError('INPUT_INVALID', { detail: parsed.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('; ') }),
    );
  const given = parsed.data;
  const standard = defaultDataFolder();
  const dataFolder = given.data === undefined ? standard : resolve(given.data);
  return ok({
    dataFolder,
    isDefaultFolder: dataFolder === standard,
    ingestPort: given['ingest-port'],
    controlPort: given['control-port'],
    configFile: given.config === undefined ? undefined : resolve(given.config),
    demoUrl: given['demo-url'],
    opensWindow: !given['no-open'] && !given['print-url'],
    printsUrl: given['print-url'],
  });
}
