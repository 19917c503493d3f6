import type { Connector } from '#gateway/connectors/connector.ts';

/**
 * The connector with a weakness: an event named `hangs` keeps its encoding for ever, `exits` does what it is told, `fills` takes
 * all memory, `throws` throws, and of an answer with status 299 the reading throws.
 */
export function poisonous(connector: Connector, { exits }: { exits(): void }): Connector {
  return {
    ...connector,
    encode(events, context) {
      for (const { name } of events) {
        while (name === 'hangs');
        if (name === 'exits') exits();
        if (name === 'fills') for (const hoard: string[][] = []; ; ) hoard.push(Array.from({ length: 10_000 }, String));
        if (name === 'throws') throw new TypeError('cannot read the secret of ana@example.com');
      }
      return connector.encode(events, context);
    },
    classify(response, request) {
      if (response.status === 299) throw new RangeError('no such status');
      return connector.classify(response, request);
    },
  };
}
