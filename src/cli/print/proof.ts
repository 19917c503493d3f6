import type { BlastRadius, SwitchProof } from '#contract/operations/switches.ts';
import { printable, right, table } from './table.ts';
import { count, duration, time } from './units.ts';

/** What a command would touch, a line for each destination. */
export function previewText({ destinations, target }: BlastRadius): string {
  if (destinations.length === 0) return 'Nothing is in its scope.';
  const rows = destinations.map((each) => [
    each.destination,
    count(each.eventsPerMinute),
    count(each.inFlight),
    count(each.waiting),
    count(each.held),
    count(each.retrying),
    count(each.tooOld),
    count(each.possiblyTwice),
    each.drainEtaMs === null ? '-' : duration(each.drainEtaMs),
    each.budgetFullInMs === null ? 'never' : duration(each.budgetFullInMs),
    each.messagesPeople ? 'messages people' : '',
  ]);
  const columns = ['events/min', 'in flight', 'waiting', 'held', 'retrying', 'too old', 'maybe twice', 'drains in', 'budget full in'];
  const effects = destinations.flatMap(effectText);
  return [table(['destination', ...columns.map(right), ''], rows), ...effects, ...(target ? [targetText(target)] : [])].join('\n');
}

/** What drop, divert and sample make of events. */
function effectText(each: BlastRadius['destinations'][number]): readonly string[] {
  const { destination, backlogTaken = 0, lostPerMinute = 0, divertedPerMinute = 0 } = each;
  const effects = [
    ...(lostPerMinute > 0 ? [`loses ${count(lostPerMinute)} events a minute`] : []),
    ...(divertedPerMinute > 0 ? [`diverts ${count(divertedPerMinute)} events a minute`] : []),
    ...(backlogTaken > 0 ? [`decides ${count(backlogTaken)} events of the backlog at once`] : []),
  ];
  return effects.length === 0 ? [] : [`${destination} ${effects.join(', ')}.`];
}

function targetText({ destination, why, eventsPerMinute, messagesPeople }: NonNullable<BlastRadius['target']>): string {
  const stands =
    why === '' ? `gets ${count(eventsPerMinute)} events a minute now` : `cannot deliver now (${why}); what it is given waits there`;
  return `${destination} ${stands}.${messagesPeople ? ' It messages people.' : ''}`;
}

/** Proof that a switch took effect, a paragraph for each node. */
export function proofText({ revision, receivedAt, nodes }: SwitchProof): string {
  const paragraphs = nodes.map((node) => {
    const toEffectMs = Math.max(0, node.inForceAt - receivedAt);
    const lines = [
      `in force on ${node.node} ${duration(toEffectMs)} after the gateway had it, at ${time(node.inForceAt)} (revision ${revision})`,
      `  on disk: ${node.durableAt === null ? 'NOT YET: in force in memory only' : `after ${duration(Math.max(0, node.durableAt - receivedAt))}`}`,
      `  in flight then: ${count(node.inFlight)} (${count(node.drained)} answered, ${count(node.uncertain)} uncertain, ${count(node.pending)} still out)`,
      `  escaped: ${count(node.escaped)}${node.escaped > 0 ? '  THIS MUST BE 0' : ''}`,
    ];
    if (node.lastSent) {
      const { messageId, destination, at } = node.lastSent;
      lines.push(`  last event sent: ${printable(messageId)} to ${destination} at ${time(at)}`);
    }
    return lines.join('\n');
  });
  return paragraphs.join('\n');
}

export function isDraining({ nodes }: SwitchProof): boolean {
  return nodes.some(({ pending }) => pending > 0);
}
