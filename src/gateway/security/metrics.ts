/** The families of /metrics that the two books feed. */
import { exposition, type Family, label } from '#gateway/telemetry/exposition.ts';
import { type AnswerBook, statusClasses } from './answer-book.ts';
import type { AuthenticationBook } from './authentication-book.ts';

export function securityMetrics({ totals }: Pick<AuthenticationBook, 'totals'>, answers: Pick<AnswerBook, 'counts'>): string {
  const counts = [...answers.counts()];
  const families: readonly Family[] = [
    {
      name: 'sluice_authentications_total',
      help: 'Attempts to come in by the control port or by ingest with an unknown key.',
      type: 'counter',
      samples: [
        { labels: 'class="accepted"', value: totals.accepted },
        { labels: 'class="refused"', value: totals.refused },
      ],
    },
    {
      name: 'sluice_ingest_unknown_keys_total',
      help: 'Requests to ingest without a key or with one that belongs to no source.',
      type: 'counter',
      samples: [{ labels: '', value: totals.unknownKeys }],
    },
    {
      name: 'sluice_delivery_answers_total',
      help: 'Finished requests by the first digit of the status that the vendor answered.',
      type: 'counter',
      samples: counts.flatMap(([destination, { byStatus }]) =>
        statusClasses.map((name) => ({ labels: `${label('destination', destination)},class="${name}"`, value: byStatus[name] })),
      ),
    },
    {
      name: 'sluice_delivery_answer_bytes_total',
      help: 'Bytes of answers read from the vendor.',
      type: 'counter',
      samples: counts.map(([destination, { bytesIn }]) => ({ labels: label('destination', destination), value: bytesIn })),
    },
  ];
  return exposition(families);
}
