/**
 * What every channel must do, as plain cases: each opens a pair, and throws where a rule is
 * broken. `open` returns the two ends of one link; `dispose` ends whatever carried it.
 */
import type { Channel } from '../channel.ts';

export interface OpenedPair {
  readonly ends: readonly [Channel, Channel];
  dispose(): Promise<void>;
}

interface Case {
  readonly name: string;
  run(left: Channel, right: Channel): Promise<void>;
}

function mustEqual(actual: unknown, expected: unknown): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (is !== should) throw new Error(`expected ${should?.slice(0, 200)}, got ${is?.slice(0, 200)}`);
}

/** The next `count` frames at one end. */
function frames(end: Channel, count: number): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const received: string[] = [];
    end.onFrame((frame) => {
      received.push(frame);
      if (received.length === count) resolve(received);
    });
  });
}

function closing(end: Channel): Promise<string> {
  return new Promise((resolve) => end.onClose(resolve));
}

const long = 'x'.repeat(1_000_000);

export const channelCases: readonly Case[] = [
  {
    name: 'carries frames in order, both ways, unchanged',
    async run(left, right) {
      const sent = Array.from({ length: 500 }, (_, index) => `frame ${index} ü 🌊 \u0000 \u2028 "\\`);
      const atRight = frames(right, sent.length);
      const atLeft = frames(left, sent.length);
      for (const frame of sent) {
        left.post(frame);
        right.post(frame);
      }
      mustEqual(await atRight, sent);
      mustEqual(await atLeft, sent);
    },
  },
  {
    name: 'carries an empty frame and one of a million characters',
    async run(left, right) {
      const arrived = frames(right, 2);
      left.post('');
      left.post(long);
      mustEqual(await arrived, ['', long]);
    },
  },
  {
    name: 'keeps what arrives before anybody listens',
    async run(left, right) {
      left.post('early');
      // The answer shows that `early` has arrived at the right end, where nobody listens yet.
      const back = frames(left, 1);
      right.post('still here');
      mustEqual(await back, ['still here']);
      mustEqual(await frames(right, 1), ['early']);
    },
  },
  {
    name: 'tells both ends of a close, with its reason, after what was posted before it',
    async run(left, right) {
      const seen: string[] = [];
      right.onFrame((frame) => seen.push(frame));
      const both = [closing(left), closing(right)];
      left.post('last words');
      left.close('VERSION_MISMATCH');
      mustEqual(await Promise.all(both), ['VERSION_MISMATCH', 'VERSION_MISMATCH']);
      mustEqual(seen, ['last words']);
    },
  },
  {
    name: 'tells of a close once, though both ends close, and more than once',
    async run(left, right) {
      const reasons: string[] = [];
      left.onClose((reason) => reasons.push(reason));
      const atRight = closing(right);
      left.close('PEER_CLOSED');
      left.close('FRAME_INVALID');
      await atRight;
      right.close('FRAME_INVALID');
      mustEqual(reasons, ['PEER_CLOSED']);
    },
  },
  {
    name: 'tells of a close that happened before anybody listened',
    async run(left, right) {
      left.close('PEER_CLOSED');
      mustEqual(await closing(right), 'PEER_CLOSED');
      mustEqual(await closing(left), 'PEER_CLOSED');
      mustEqual(await closing(right), 'PEER_CLOSED');
    },
  },
  {
    name: 'does nothing with a frame posted after the close',
    async run(left, right) {
      const seen: string[] = [];
      right.onFrame((frame) => seen.push(frame));
      const atRight = closing(right);
      left.close();
      left.post('too late');
      mustEqual(await atRight, 'PEER_CLOSED');
      right.post('too late as well');
      mustEqual(seen, []);
    },
  },
  {
    name: 'stays silent after its own close, even for frames that were on their way',
    async run(left, right) {
      const seen: string[] = [];
      left.onFrame((frame) => seen.push(frame));
      const atRight = closing(right);
      right.post('crossing');
      left.close();
      await atRight;
      mustEqual(seen, []);
    },
  },
];
