import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import type { Trial } from '#renderer/client/use-trial.ts';
import type { JsonText } from '#renderer/ui/json-text.ts';

/** What stands in the test box at first: nobody's data, and something for most rules to find. */
export const firstEvent = {
  type: 'track',
  event: 'Support Requested',
  userId: 'user-1',
  traits: { phone: '+34 600 000 000', email: 'ana@example.com' },
  properties: {
    total: 49.9,
    note: 'please write to ana@example.com, paid with 4242 4242 4242 4242',
    items: [{ sku: 'shoe-42', note: 'a gift for my neighbour, please wrap it' }],
  },
  context: { ip: '203.0.113.7' },
};

/** An event as it is tried. It may be a real one, so it is kept nowhere but in the page. */
export interface Tried {
  readonly text: string;
  readonly read: JsonText;
  /** Null while it is not an event. */
  readonly event: Record<string, unknown> | null;
  readonly trial: Trial<OutputOf<Operations['redaction.test']>>;
  /** The draft cannot be tried as it stands. */
  readonly isRuleWrong: boolean;
}
