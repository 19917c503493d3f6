/** The proofs of the latest switches. */
import type { SwitchScope } from '#contract/documents/switch.ts';
import { appError } from '#contract/errors.ts';
import type { SwitchProof } from '#contract/operations/switches.ts';
import { err, ok, type Result } from '#contract/result.ts';
import { lanesIn } from './blast-radius.ts';
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

export function createProofBook({ delivery, node, now, drainDeadlineMs }: SwitchboardDeps): ProofBook {
  const proofs = new Map<string, Proving>();
  const deadlines = new Set<ReturnType<typeof setTimeout>>();

  function forget(id: string): void {
    proofs.get(id)?.stop();
    proofs.delete(id);
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
        for (const lane of lanes) if (lane.rules.desired !== 'flow') lane.abort(scope);
      }, drainDeadlineMs());
      deadlines.add(deadline);
      void proving.settled.then(() => {
        clearTimeout(deadline);
        deadlines.delete(deadline);
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
    },
  };
}
