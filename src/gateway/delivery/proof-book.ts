/** The proofs of the latest switches. */
import { type SwitchScope, scopeLabel } from '#contract/documents/switch.ts';
import { appError } from '#contract/errors.ts';
import type { SwitchProof } from '#contract/operations/switches.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { lanesIn } from './blast-radius.ts';
import type { Flight } from './flight.ts';
import type { Lane } from './lane.ts';
import { type Proving, startProof } from './proof.ts';
import type { SwitchboardDeps } from './switchboard.ts';

export interface ProofBook {
  /** Called in the same turn in which the new rules came into force. Requests in flight that the switch forbids are aborted at the drain deadline. */
  start(id: string, scope: SwitchScope, receivedAt: number): Proving;
  /** The proof of a switch's latest change, as far as it has come. */
  read(id: string): Result<SwitchProof>;
  close(): void;
}

const keepProofs = 200;

/** What a proof came to, for the audit trail: it outlives the process. */
function wordsOf({ receivedAt, nodes }: SwitchProof): string {
  const sum = (pick: (node: SwitchProof['nodes'][number]) => number) => nodes.reduce((total, node) => total + pick(node), 0);
  const slowestMs = Math.max(...nodes.map((node) => node.inForceAt - receivedAt));
  const inFlight = sum((node) => node.inFlight);
  const ended = `${inFlight} in flight: ${sum((node) => node.drained)} answered, ${sum((node) => node.uncertain)} uncertain`;
  return `in force after ${slowestMs.toFixed(1)} ms; ${ended}; ${sum((node) => node.escaped)} escaped`;
}

/** Whether a request would not be begun any more. Under a drop, divert or sample others go on being sent. */
function mayNotFly({ rules }: Lane, { entries }: Flight): boolean {
  return rules.parked !== null || entries.some(({ record }) => rules.fateOf(record) !== 'flow');
}

export function createProofBook({ store, delivery, node, now, drainDeadlineMs }: SwitchboardDeps): ProofBook {
  const proofs = new Map<string, Proving>();
  const deadlines = new Set<ReturnType<typeof setTimeout>>();

  function forget(id: string): void {
    proofs.get(id)?.stop();
    proofs.delete(id);
  }

  /** Only of what stops: an opening has nothing to prove. */
  function record(id: string, scope: SwitchScope, proof: SwitchProof): void {
    if ((store.get('switch', id)?.value?.mode ?? 'flow') === 'flow') return;
    const attribution = { by: 'system', action: 'switch.proved', target: scopeLabel(scope), reason: wordsOf(proof), commandId: null };
    store.note({ ...attribution, at: Math.round(now()) }, 'ok');
  }

  return {
    start(id, scope, receivedAt) {
      forget(id);
      const lanes = lanesIn(scope, delivery.lanes);
      const proving = startProof({ node, scope, lanes, receivedAt, inForceAt: now() });
      proofs.set(id, proving);
      const [oldest] = proofs.keys();
      if (proofs.size > keepProofs && oldest !== undefined) forget(oldest);
      const deadline = setTimeout(() => {
        for (const lane of lanes) for (const flight of lane.flying(scope)) if (mayNotFly(lane, flight)) flight.sending?.abort();
      }, drainDeadlineMs());
      deadlines.add(deadline);
      void proving.settled.then(() => {
        clearTimeout(deadline);
        deadlines.delete(deadline);
        if (proofs.get(id) === proving) record(id, scope, proving.read());
      });
      return proving;
    },
    read(id) {
      const proving = proofs.get(id);
      return proving ? ok(proving.read()) : err(appError('DOCUMENT_NOT_FOUND', { proof: id }));
    },
    close() {
      for (const deadline of deadlines) clearTimeout(deadline);
      for (const proving of proofs.values()) proving.stop();
      proofs.clear();
    },
  };
}
