/**
 * A real gnome-keyring on a real session bus of its own, in a temporary HOME, for tests.
 * Nothing touches the keychain of whoever runs the tests. `stop` ends both processes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type KeychainCondition =
  /** The login keyring is open. */
  | 'unlocked'
  /** The login keyring exists, holds what was put in while unlocked, and is locked; nobody answers a prompt. */
  | 'locked'
  /** A bus, and no keyring service on it. */
  | 'no-service';

export interface RealKeychain {
  /** Environment of a process that shall find this keychain. */
  readonly env: Readonly<Record<string, string>>;
  /** Stops the keyring daemon dead: every call hangs until `resume`. */
  suspend(): void;
  resume(): void;
  /** Locks the keyring, as a person or a screen lock does. */
  lock(): Promise<void>;
  /** The daemon dies and another takes its place on the bus, locked. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Same folder and bus, in which nothing can be found: the environment of a machine without a session bus. */
export async function createNoBusEnv(): Promise<{ readonly env: Readonly<Record<string, string>>; stop(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-no-bus-'));
  return { env: baseEnv(home), stop: () => rm(home, { recursive: true, force: true }) };
}

function baseEnv(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: join(home, 'data'), LANG: 'C.UTF-8' };
}

/** Starts a bus and, unless `no-service`, a keyring on it. Throws where dbus-daemon or gnome-keyring-daemon is missing. */
export async function startRealKeychain(condition: KeychainCondition = 'unlocked'): Promise<RealKeychain> {
  const home = await mkdtemp(join(tmpdir(), 'sluice-keychain-'));
  // The name is not `bus`: GDBus would find that one through XDG_RUNTIME_DIR without being told.
  const config = join(home, 'bus.conf');
  await writeFile(config, busConfig(join(home, 'session-bus')));
  const bus = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--nopidfile', '--print-address=1'], {
    env: baseEnv(home),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const address = await firstLine(bus);
  const env = { ...baseEnv(home), DBUS_SESSION_BUS_ADDRESS: address };
  let keyring = condition === 'no-service' ? undefined : await startDaemon(env, true);
  const lock = async (): Promise<void> => {
    const login = '/org/freedesktop/secrets/collection/login';
    await busCall(
      env,
      'org.freedesktop.secrets',
      '/org/freedesktop/secrets',
      'org.freedesktop.Secret.Service.Lock',
      `array:objpath:${login}`,
    );
  };
  const restart = async (): Promise<void> => {
    if (keyring) await end(keyring);
    keyring = await startDaemon(env, false);
  };
  if (condition === 'locked') await lock();
  return {
    env,
    suspend: () => void keyring?.kill('SIGSTOP'),
    resume: () => void keyring?.kill('SIGCONT'),
    lock,
    restart,
    async stop() {
      if (keyring) await end(keyring);
      await end(bus);
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A session bus that starts no service by itself, so that only our own keyring can be on it. */
function busConfig(socket: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
}

async function startDaemon(env: Record<string, string>, isUnlocked: boolean): Promise<ChildProcess> {
  const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--components=secrets', ...(isUnlocked ? ['--unlock'] : [])], {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  daemon.stdin?.end(isUnlocked ? 'password of a test keyring' : '');
  await serviceAppears(env, daemon);
  return daemon;
}

/** Resolves when the keyring has taken its name on the bus. */
async function serviceAppears(env: Record<string, string>, daemon: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (daemon.exitCode !== null) throw new Error(`gnome-keyring-daemon ended with ${daemon.exitCode}`);
    if ((await busReply(env)).includes('boolean true')) return;
  }
  throw new Error('the keyring did not appear on its bus');
}

/** Each ask is a process of its own, which paces the loop above. */
function busReply(env: Record<string, string>): Promise<string> {
  return busCall(env, 'org.freedesktop.DBus', '/', 'org.freedesktop.DBus.NameHasOwner', 'string:org.freedesktop.secrets');
}

async function busCall(env: Record<string, string>, service: string, path: string, ...call: readonly string[]): Promise<string> {
  const ask = spawn('dbus-send', ['--session', '--print-reply', `--dest=${service}`, path, ...call], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let reply = '';
  ask.stdout.on('data', (data) => {
    reply += String(data);
  });
  await once(ask, 'close');
  return reply;
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no stdout');
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    once(child, 'error').then(([error]) => Promise.reject(error)),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`dbus-daemon ended with ${code}`))),
  ]);
  return String(line);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'exit');
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await closed;
  clearTimeout(timer);
}
