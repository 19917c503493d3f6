/**
 * The acts that several views share. Stopping is cheap: `parkScope` acts at once, shows the
 * proof's headline with Undo, and asks for the reason afterwards. Starting is guarded:
 * opening and dropping go through the dialogs of the controls feature (`requestOverlay`).
 */

import { createStore } from 'zustand/vanilla';
import { type Switch, type SwitchScope, scopeId, scopeLabel } from '#contract/documents/switch.ts';
import type { AppError } from '#contract/errors.ts';
import type { SwitchProof } from '#contract/operations/switches.ts';
import { destinationName, revisionOf, switchOf } from '#renderer/client/documents.ts';
import { type CommandResult, call, command, isLost, outcomeOf } from '#renderer/client/session.ts';
import { duration, toText } from '#renderer/ui/quantity.ts';
import { announce } from './announce.ts';
import { requestOverlay } from './overlays.ts';
import { ReasonField } from './reason-field.tsx';
import { closeToast, showToast } from './toasts.ts';

/** Scopes with a command under way, and the newest proof of each, by scope id. */
export interface Acting {
  readonly busy: ReadonlySet<string>;
  readonly proofs: ReadonlyMap<string, SwitchProof>;
}
export const actingStore = createStore<Acting>(() => ({ busy: new Set(), proofs: new Map() }));

/** How a person names a scope: `HubSpot`, `source web`, `everything`. */
export function scopeName(scope: SwitchScope): string {
  return scope.type === 'destination' ? destinationName(scope.destination) : scopeLabel(scope);
}

/** Parks a scope at once. Undo restores the mode that it had. */
export async function parkScope(scope: SwitchScope): Promise<void> {
  const id = scopeId(scope);
  if (actingStore.getState().busy.has(id)) return;
  const before = switchOf(scope);
  setBusy(id, true);
  const answer = await command('switch.set', { scope, mode: 'park' });
  setBusy(id, false);
  const toastId = `park ${id}`;
  const name = scopeName(scope);
  if (!answer.ok) return reportFailure(toastId, `Parking ${name}`, answer.error, answer.commandId);
  keepProof(id, answer.value.proof);
  // What is taken back is this park: the documents may not have brought its revision yet, or already a later one.
  const revision = answer.value.proof?.revision ?? revisionOf('switch', id);
  const undo =
    before?.value?.mode === 'park'
      ? undefined
      : { label: 'Undo', run: () => void undoPark(scope, toastId, before?.value ?? null, revision) };
  const took = tookOf(answer.value.proof);
  announce(`${name} is parked`);
  showToast({ id: toastId, state: 'parked', title: `${name} is parked`, body: <ReasonField lead={took} target={id} />, undo });
  await followProof(id);
}

function tookOf(proof: SwitchProof | null): string {
  if (proof === null || proof.nodes.length === 0) return '';
  const slowest = Math.max(...proof.nodes.map((node) => node.inForceAt - proof.receivedAt));
  const escaped = proof.nodes.reduce((sum, node) => sum + node.escaped, 0);
  return `In force after ${toText(duration(slowest))}, ${escaped === 0 ? 'nothing escaped' : `${escaped} escaped`}.`;
}

/**
 * Takes a park back: opens and drains what came since. Where the state before kept a backlog, or dropped, or where
 * the gateway wants the name typed, it goes through the dialog instead: undo never releases more than was asked for.
 */
async function undoPark(scope: SwitchScope, toastId: string, before: Switch | null, revision: number): Promise<void> {
  const id = scopeId(scope);
  closeToast(toastId);
  if (before?.mode === 'drop') return requestOverlay({ type: 'drop', scope });
  if (before?.mode === 'divert' || before?.mode === 'sample') return requestOverlay({ type: 'open', scope });
  if (before?.opening != null && before.opening.backlog.choice !== 'drain') return requestOverlay({ type: 'open', scope });
  setBusy(id, true);
  const answer = await command('switch.set', {
    scope,
    mode: 'flow',
    backlog: { choice: 'drain' },
    expectedRevision: revision,
    reason: 'undo of a park',
  });
  setBusy(id, false);
  if (answer.ok) showToast({ id: toastId, title: `${scopeName(scope)} is as it was before` });
  else if (answer.error.code === 'CONFIRMATION_REQUIRED') requestOverlay({ type: 'open', scope });
  else reportFailure(toastId, `Undoing the park of ${scopeName(scope)}`, answer.error, answer.commandId);
}

/** Tells what failed; where the answer was lost, asks what became of the command and tells that. */
export function reportFailure(toastId: string, act: string, error: AppError, commandId: string): void {
  if (!isLost(error)) {
    showToast({ id: toastId, state: 'failing', title: `${act} failed: ${error.message}`, body: error.suggestedAction });
    return;
  }
  showToast({ id: toastId, state: 'none', title: `${act}: the answer was lost`, body: 'Asking the gateway what became of it…' });
  void outcomeOf(commandId).then((outcome) => {
    if (outcome.ok)
      showToast({ id: toastId, title: `${act}: ${outcome.value.outcome}`, body: 'It reached the gateway before the link closed.' });
    else if (outcome.error.code === 'COMMAND_UNKNOWN')
      showToast({
        id: toastId,
        state: 'failing',
        title: `${act} had no effect`,
        body: 'It never reached the gateway. Try again if it is still wanted.',
      });
    else showToast({ id: toastId, state: 'failing', title: `${act}: outcome unknown`, body: outcome.error.suggestedAction });
  });
}

/** Shows success or failure of a command in one line. Answers whether it succeeded. */
export function reportResult(toastId: string, act: string, done: string, answer: CommandResult<unknown>): boolean {
  if (answer.ok) showToast({ id: toastId, title: done });
  else reportFailure(toastId, act, answer.error, answer.commandId);
  return answer.ok;
}

/** Remembers the proof of a switch for the views that show it. */
export function keepProof(id: string, proof: SwitchProof | null): void {
  if (proof !== null) actingStore.setState((state) => ({ proofs: new Map(state.proofs).set(id, proof) }));
}

/** Asks for the proof again until nothing is in flight any more; at most half a minute. */
export async function followProof(id: string): Promise<void> {
  for (let turn = 0; turn < 30; turn++) {
    const proof = actingStore.getState().proofs.get(id);
    if (proof === undefined || proof.nodes.every((node) => node.pending === 0 && node.durableAt !== null)) return;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const answer = await call('switch.proof', { id });
    if (!answer.ok) return;
    keepProof(id, answer.value);
  }
}

function setBusy(id: string, isBusy: boolean): void {
  actingStore.setState((state) => {
    const busy = new Set(state.busy);
    if (isBusy) busy.add(id);
    else busy.delete(id);
    return { busy };
  });
}

/** Says who looks after a destination; null gives it back. */
export async function claimDestination(id: string, owner: string | null): Promise<void> {
  const answer = await command('destination.claim', { id, owner });
  const name = destinationName(id);
  reportResult(`claim ${id}`, `Claiming ${name}`, owner === null ? `Nobody looks after ${name} now` : `${name} is with ${owner}`, answer);
}
