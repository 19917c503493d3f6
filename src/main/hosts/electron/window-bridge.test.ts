import { describe, expect, it } from 'vitest';
import type { Bridge, BridgeEvent } from '#contract/bridge.ts';
import type { Channel } from '#contract/channel.ts';
import { createChannelOpener } from '#contract/channels/bridge.ts';
import { channelCases } from '#contract/channels/conformance.ts';
import { createWindowBridge } from './window-bridge.ts';

function setUp() {
  const told: (readonly [number, BridgeEvent])[] = [];
  const connected: { target: string; channel: Channel; frames: string[]; closed: string[] }[] = [];
  const bridge = createWindowBridge(
    (channel, event) => void told.push([channel, event]),
    (target, channel) => {
      const entry = { target, channel, frames: [] as string[], closed: [] as string[] };
      channel.onFrame((frame) => entry.frames.push(frame));
      channel.onClose((reason) => entry.closed.push(reason));
      connected.push(entry);
    },
  );
  return { told, connected, bridge };
}

describe('the channels of a window', () => {
  it('carry frames both ways', () => {
    const { told, connected, bridge } = setUp();
    bridge.open(1, 'desk');
    bridge.send(1, 'up');
    connected[0]?.channel.post('down');
    expect(connected[0]).toMatchObject({ target: 'desk', frames: ['up'] });
    expect(told).toEqual([[1, { frame: 'down' }]]);
  });

  it('tell their end once, whichever side ended them, and nothing after it', () => {
    const { told, connected, bridge } = setUp();
    bridge.open(1, 'desk');
    bridge.open(2, 'gateway/embedded');
    bridge.close(1);
    bridge.close(1);
    connected[1]?.channel.close('GATEWAY_OFFLINE');
    connected[1]?.channel.post('late');
    bridge.send(2, 'late');
    expect(told).toEqual([
      [1, { closed: 'PEER_CLOSED' }],
      [2, { closed: 'GATEWAY_OFFLINE' }],
    ]);
    expect(connected.map(({ closed, frames }) => [closed, frames])).toEqual([
      [['PEER_CLOSED'], []],
      [['GATEWAY_OFFLINE'], []],
    ]);
  });

  it('end with their page, and the next page starts anew', () => {
    const { connected, bridge } = setUp();
    bridge.open(1, 'desk');
    bridge.closeAll();
    bridge.open(1, 'desk');
    bridge.send(1, 'from the new page');
    expect(connected.map(({ frames }) => frames)).toEqual([[], ['from the new page']]);
  });

  it('are refused when their number was used or there are too many', () => {
    const { told, connected, bridge } = setUp();
    for (let number = 1; number <= 70; number += 1) bridge.open(number, 'desk');
    bridge.open(3, 'desk');
    expect(connected).toHaveLength(64);
    expect(told).toHaveLength(7);
    expect(told.at(-1)).toEqual([3, { closed: 'FRAME_INVALID' }]);
  });
});

/** A page's end and main's, with Electron's messages between them: in order, and never within the call that sends them. */
function connectPage(): readonly [page: Channel, main: Channel] {
  const ends: Channel[] = [];
  let listener: (channel: number, event: BridgeEvent) => void = () => {};
  const host = createWindowBridge(
    (channel, event) => queueMicrotask(() => listener(channel, event)),
    (_target, channel) => void ends.push(channel),
  );
  let last = 0;
  const bridge: Bridge = {
    open: (target) => {
      last += 1;
      host.open(last, target);
      return last;
    },
    send: (channel, frame) => queueMicrotask(() => host.send(channel, frame)),
    close: (channel, reason) => queueMicrotask(() => host.close(channel, reason)),
    listen: (next) => {
      listener = next;
    },
  };
  const page = createChannelOpener(bridge)('desk');
  const [main] = ends;
  if (main === undefined) throw new Error('main was not told');
  return [page, main];
}

describe.each(["the page's", "main's"])("a channel over Electron's messages, from %s end", (end) => {
  it.each(channelCases.map((conformance) => [conformance.name, conformance] as const))('%s', async (_name, { run }) => {
    const [page, main] = connectPage();
    await (end === "main's" ? run(main, page) : run(page, main));
  });
});
