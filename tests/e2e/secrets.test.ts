import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from '#contract/zod.ts';
import { addCredential, goTo, rowOf } from '#tests/support/console/acts.ts';
import { sendEvent, writeKey } from '#tests/support/console/events.ts';
import { createLeaks, filesIn } from '#tests/support/console/leaks.ts';
import { publicFaceOf } from '#tests/support/console/processes.ts';
import { type Scene, startScene } from '#tests/support/console/scene.ts';
import { needs, whyNoBuild, whyNoChromium, whyNoRealKeychain } from '#tests/support/requirements.ts';

const secret = `whsec_${Buffer.from('nobody but the vendor shall ever read this').toString('base64')}`;
const leaks = createLeaks(secret);
const wiretap = join(import.meta.dirname, '../support/console/wiretap.ts');
const tapped = z.object({ program: z.string(), frame: z.string() });
const request = z.object({ t: z.literal('req'), name: z.string() });
const patient = { timeout: 30_000 };

let folder: string;
let scene: Scene;
/** Frames between the page and the console's main process, as Chromium's network domain shows them. */
const sent: { readonly url: string; readonly frame: string }[] = [];
const received: string[] = [];

/** Frames that the host sent to its gateway and its page, and that the gateway sent. */
const tappedFrames = () =>
  readFileSync(join(folder, 'wire.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => tapped.parse(JSON.parse(line)));
/** What a leak test looks at must be there: an empty haystack proves nothing. */
function expectNone(haystacks: readonly string[]): void {
  expect(haystacks.length).toBeGreaterThan(0);
  expect(haystacks.filter((haystack) => leaks.formsIn(haystack).length > 0)).toEqual([]);
}

const { isMissing, why } = needs(whyNoBuild(), whyNoChromium(), whyNoRealKeychain());

describe.skipIf(isMissing)(`a secret that an operator typed${why}`, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-secrets-'));
    scene = await startScene({
      env: { NODE_OPTIONS: `--import=${wiretap}`, SLUICE_WIRETAP: join(folder, 'wire.jsonl') },
      window: {
        profile: join(folder, 'profile'),
        prepare: (page) => {
          page.on('websocket', (socket) => {
            socket.on('framesent', ({ payload }) => void sent.push({ url: socket.url(), frame: String(payload) }));
            socket.on('framereceived', ({ payload }) => void received.push(String(payload)));
          });
        },
      },
      simulator: { credentials: { webhook: secret } },
      config: (simulator) => ({
        sources: [{ id: 'shop', writeKey }],
        destinations: [
          { id: 'orders', name: 'Orders', connector: 'webhook', endpoint: simulator.endpoint('webhook'), delivery: { batchSize: 1 } },
        ],
      }),
    });
  });
  afterAll(async () => {
    await scene?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Everything that the page's scripts hold, after a garbage collection. */
  async function pageMemory(): Promise<string> {
    const { page } = scene.window;
    const devtools = await page.context().newCDPSession(page);
    const chunks: string[] = [];
    devtools.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => void chunks.push(chunk));
    await devtools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    await devtools.detach();
    return chunks.join('');
  }

  it('reaches the vendor: its deliveries are signed with it', async () => {
    await addCredential(scene.window.page, 'Orders', secret);
    await sendEvent(scene.host, 'signed-1');
    await expect.poll(() => scene.simulator.stored('webhook').get('signed-1'), patient).toBe(1);
  });

  it('is in the keychain: a gateway that was killed has it again without anybody typing', async () => {
    const { page } = scene.window;
    const before = scene.host.gatewayPid();
    expect(before).not.toBeNull();
    process.kill(before ?? 0, 'SIGKILL');
    await expect.poll(() => scene.host.gatewayPid(), patient).not.toBe(before);
    await goTo(page, 'Destinations');
    await expect
      .poll(
        () =>
          fetch(scene.host.ingestUrl).then(
            () => true,
            () => false,
          ),
        patient,
      )
      .toBe(true);
    await sendEvent(scene.host, 'signed-2');
    await expect.poll(() => scene.simulator.stored('webhook').get('signed-2'), patient).toBe(1);
    await rowOf(page, 'Orders').getByText('Healthy', { exact: true }).waitFor();
  });

  it('crossed from the window to the main process in one frame, and never came back', () => {
    const carriers = sent.filter(({ frame }) => leaks.formsIn(frame).length > 0);
    expect(carriers).toHaveLength(1);
    expect(new URL(carriers[0]?.url ?? '').pathname).toBe('/bridge/desk');
    expect(request.parse(JSON.parse(carriers[0]?.frame ?? ''))).toMatchObject({ name: 'credential.put' });
    expectNone(received);
  });

  it('went on from there sealed, and only to the gateway', () => {
    const frames = tappedFrames();
    expect(new Set(frames.map(({ program }) => program))).toEqual(new Set(['browser.js', 'index.js']));
    expectNone(frames.map(({ frame }) => frame));
    const bound = frames.filter(
      ({ program, frame }) => program === 'browser.js' && request.safeParse(JSON.parse(frame)).data?.name === 'credential.bind',
    );
    // Once when it was typed, once for the gateway that had been killed.
    expect(bound).toHaveLength(2);
    for (const { frame } of bound)
      expect(JSON.parse(frame)).toMatchObject({ input: { sealed: expect.stringMatching(/^[A-Za-z0-9+/]{100,}=*$/) } });
  });

  it('is nowhere in the page: not in the document, its fields, its storage, its address, its console', async () => {
    const { page, messages } = scene.window;
    for (const place of ['Destinations', 'Credentials']) {
      await goTo(page, place);
      const inputs = await page
        .locator('input, textarea')
        .evaluateAll((fields) => fields.map((field) => String(Reflect.get(field, 'value'))));
      const storage = await page.evaluate(() =>
        JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, history.state, location.href]),
      );
      expectNone([await page.content(), storage, ...inputs]);
    }
    expect(messages.filter((message) => leaks.formsIn(message).length > 0)).toEqual([]);
  });

  it("is nowhere in the memory of the page's scripts", async () => {
    const memory = await pageMemory();
    expect(memory).toContain('Add the credential of');
    expect(leaks.formsIn(memory)).toEqual([]);
  });

  it("is in no file: not in the data folder, not in HOME beside the keychain's own store, not in the browser's profile", () => {
    const home = scene.keychain.env.HOME ?? '';
    const keyrings = join(home, 'data/keyrings');
    expect(filesIn(keyrings).length).toBeGreaterThan(0);
    expect(filesIn(scene.host.folder).length).toBeGreaterThan(5);
    expect(leaks.inFiles(scene.host.folder)).toEqual([]);
    expect(leaks.inFiles(home, [keyrings])).toEqual([]);
    expect(leaks.inFiles(folder)).toEqual([]);
  });

  it('is in no log, no command line and no environment of host or gateway', () => {
    expectNone([scene.host.output(), publicFaceOf(scene.host.pid), publicFaceOf(scene.host.gatewayPid() ?? 0)]);
  });

  it('would have been found, had it leaked', async () => {
    const typed = sent.find(({ frame }) => frame.includes('credential.put'))?.frame ?? '';
    expect(leaks.formsIn(typed)).toContain('as it is');
    expect(leaks.formsIn(Buffer.from(`x${secret}`, 'utf16le'))).toEqual(['UTF-16']);
    expect(leaks.formsIn(Buffer.from(secret).toString('base64'))).toContain('base64');
    writeFileSync(join(folder, 'profile/leak'), secret);
    expect(leaks.inFiles(folder)).toContain(`${join(folder, 'profile/leak')}: as it is`);
    await scene.window.page.evaluate((kept) => void Object.assign(window, { kept }), secret);
    expect(leaks.formsIn(await pageMemory())).toContain('as it is');
  });
});
