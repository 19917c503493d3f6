import { IconCheck } from '@tabler/icons-react';
import { Id } from './command-line.tsx';
import { Num } from './num.tsx';
import classes from './proof-panel.module.css';
import { counted, duration, exact } from './quantity.ts';
import { absolute, clock } from './time.ts';

/** What a switch proves of one node; the shape of the contract's SwitchProof. */
export interface ProofNode {
  readonly node: string;
  readonly inForceAt: number;
  readonly durableAt: number | null;
  readonly inFlight: number;
  readonly drained: number;
  readonly uncertain: number;
  readonly pending: number;
  readonly escaped: number;
  readonly lastSent: { readonly destination: string; readonly messageId: string; readonly at: number } | null;
}
export interface Proof {
  readonly revision: number;
  readonly receivedAt: number;
  readonly nodes: readonly ProofNode[];
}

/** Proof that a switch took effect: how fast, what was in flight then and what became of it, and the last event that left. */
export function ProofPanel({ proof }: { readonly proof: Proof }) {
  return (
    <div className={classes.proof}>
      {proof.nodes.map((node) => (
        <NodeProof key={node.node} node={node} receivedAt={proof.receivedAt} isAlone={proof.nodes.length === 1} />
      ))}
    </div>
  );
}

function verdict(node: ProofNode): { readonly text: string; readonly isGood: boolean } {
  if (node.escaped > 0) return { text: `${counted(node.escaped, 'request')} left after it was in force`, isGood: false };
  if (node.pending > 0)
    return { text: `In force. Nothing has left since; ${counted(node.pending, 'request')} still draining`, isGood: true };
  return { text: 'In force. Nothing has left since', isGood: true };
}

function NodeProof({ node, receivedAt, isAlone }: { readonly node: ProofNode; readonly receivedAt: number; readonly isAlone: boolean }) {
  const says = verdict(node);
  return (
    <section className={classes.node} aria-label={`Proof of ${node.node}`}>
      <p className={classes.verdict} data-good={says.isGood || undefined}>
        {says.isGood ? <IconCheck size={14} stroke={2.5} aria-hidden="true" /> : null}
        {says.text}
        {isAlone ? null : <span className={classes.name}> on {node.node}</span>}
      </p>
      <dl className={classes.figures}>
        <Figure label="Time to effect">
          <Num of={duration(node.inForceAt - receivedAt)} title={`In force ${absolute(node.inForceAt)}`} />
        </Figure>
        <Figure label="In flight then">
          <Num of={exact(node.inFlight)} />
        </Figure>
        <Figure label="Drained">
          <Num of={exact(node.drained)} />
        </Figure>
        <Figure label="Outcome unknown">
          <Num of={exact(node.uncertain)} />
        </Figure>
        <Figure label="Escaped">
          <Num of={exact(node.escaped)} />
        </Figure>
      </dl>
      <p className={classes.last}>
        {node.lastSent === null ? (
          'Nothing had been sent before it.'
        ) : (
          <>
            Last sent: <Id value={node.lastSent.messageId} keep={18} /> to {node.lastSent.destination} at{' '}
            <time title={absolute(node.lastSent.at)}>{clock(node.lastSent.at, 'UTC')} UTC</time>
          </>
        )}
        {node.durableAt === null ? ' Not on disk yet: it holds in memory.' : ''}
      </p>
    </section>
  );
}

function Figure({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <div className={classes.figure}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
