import type { Outcome } from '#gateway/connectors/connector.ts';
import type { Flight, FlightHost } from './flight.ts';
import { outcomeOfSilence, type Sent } from './sender.ts';

/** What became of each event of a request. An answer that the connector cannot read is no verdict. */
export function outcomesOf(
  flight: Flight,
  sent: Exclude<Sent, { kind: 'withdrawn' }>,
  { spec, report }: Pick<FlightHost, 'spec' | 'report'>,
): readonly Outcome[] {
  if (sent.kind !== 'answer') {
    const outcome = outcomeOfSilence(sent);
    return flight.entries.map(() => outcome);
  }
  const { connector } = spec;
  try {
    const outcomes = connector.classify(sent.response, flight.request);
    if (outcomes.length === flight.entries.length) return outcomes;
    report(new Error(`${connector.id} gave ${outcomes.length} outcomes for ${flight.entries.length} events`));
  } catch (error) {
    report(error);
  }
  const detail = `HTTP ${sent.response.status}: an answer that the connector cannot read`;
  return flight.entries.map(() => ({ kind: 'uncertain', detail }));
}
