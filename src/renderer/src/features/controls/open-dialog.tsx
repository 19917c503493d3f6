import { type FormEvent, useId, useState } from 'react';
import { useStore } from 'zustand';
import { type BacklogChoice, type SwitchScope, scopeId } from '#contract/documents/switch.ts';
import { destinationName, switchOf } from '#renderer/client/documents.ts';
import { useLink } from '#renderer/client/session.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { scopeName } from '#renderer/frame/acting.tsx';
import { type ChoiceId, countsOf, defaultChoice, needsTyping, totalsOf } from '#renderer/frame/blast.ts';
import { BlastPreview } from '#renderer/frame/blast-table.tsx';
import { closeOverlay, requestStore } from '#renderer/frame/overlays.ts';
import { gatewayNow } from '#renderer/streams/telemetry.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Dialog } from '#renderer/ui/dialog.tsx';
import shared from '#renderer/ui/shared.module.css';
import { ConfirmFields } from './confirm-fields.tsx';
import { OpenChoices, Warnings } from './open-choices.tsx';
import { OpenProgress } from './open-progress.tsx';
import { openAction, warningsOf } from './open-words.ts';
import { AlsoStopped, StoppedBy } from './stopped-by.tsx';
import { confirmOf, isTyped, typedTarget } from './target.ts';
import { usePreview } from './use-preview.ts';
import { useSwitchSet } from './use-switch-set.ts';

/** Opens a scope from anywhere in the console. */
export function OpenOverlay() {
  const request = useStore(requestStore, (state) => state.request);
  return request?.type === 'open' ? <OpenDialog key={scopeId(request.scope)} scope={request.scope} /> : null;
}

interface Plan {
  readonly choice: ChoiceId | null;
  readonly newerMs: number;
  /** Events a second; null is as fast as the destination takes them. */
  readonly pace: number | null;
  readonly reason: string;
  readonly typed: string;
}

function backlogOf(choice: ChoiceId, newerMs: number): BacklogChoice {
  return choice === 'newer' ? { choice, sinceMs: Math.floor(gatewayNow() - newerMs) } : { choice };
}

function OpenDialog({ scope }: { readonly scope: SwitchScope }) {
  const form = useId();
  const name = scopeName(scope);
  const [plan, setPlan] = useState<Plan>({ choice: null, newerMs: 3_600_000, pace: null, reason: '', typed: '' });
  const change = (values: Partial<Plan>) => setPlan((before) => ({ ...before, ...values }));
  const query = usePreview(scope, 'flow', plan.pace);
  const { state, done, set, isBusy } = useSwitchSet();
  const isLive = useLink((link) => link.phase === 'live');
  const totals = query.preview === null ? null : totalsOf(query.preview);
  const choice = plan.choice ?? (totals === null ? null : defaultChoice(totals));
  const counts = totals === null || choice === null ? null : countsOf(choice, totals);
  const mustType = choice !== null && needsTyping({ mode: 'flow', choice }, totals);
  const isReady = isLive && choice !== null && plan.reason.trim() !== '' && (!mustType || isTyped(scope, plan.typed));

  if (done !== null && totals !== null)
    return (
      <OpenedDialog
        scope={scope}
        name={name}
        destinations={query.preview?.destinations ?? []}
        backlog={done.backlog ?? { choice: 'drain' }}
      />
    );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isReady || isBusy) return;
    set({
      scope,
      mode: 'flow',
      backlog: backlogOf(choice, plan.newerMs),
      reason: plan.reason.trim(),
      ...(plan.pace === null ? {} : { pacePerSecond: plan.pace }),
      ...(mustType ? { confirm: confirmOf(scope, plan.typed) } : {}),
    });
  };
  return (
    <Dialog
      isOpen
      onClose={closeOverlay}
      width={720}
      title={`Open ${name}`}
      footer={
        <>
          <ActProblem state={state} />
          <Button onClick={closeOverlay}>Keep it stopped</Button>
          <Button look={mustType ? 'grave' : 'primary'} type="submit" form={form} disabled={!isReady} isBusy={isBusy}>
            {choice === null || counts === null ? `Open ${name}` : openAction(choice, name, counts)}
          </Button>
        </>
      }
    >
      <form id={form} className={shared.stack} onSubmit={submit}>
        <StoppedBy document={switchOf(scope)} />
        <AlsoStopped scope={scope} />
        {totals === null ? null : <OpenChoices totals={totals} choice={choice} newerMs={plan.newerMs} pace={plan.pace} onChange={change} />}
        {totals === null || choice === null ? null : <Warnings warnings={warningsOf(choice, totals, destinationName)} />}
        {query.preview !== null && query.preview.destinations.length < 2 ? null : <BlastPreview {...query} purpose="open" />}
        <ConfirmFields
          reason={plan.reason}
          onReason={(reason) => change({ reason })}
          isReasonRequired
          target={mustType ? typedTarget(scope) : null}
          typed={plan.typed}
          onTyped={(typed) => change({ typed })}
        />
      </form>
    </Dialog>
  );
}

function OpenedDialog({
  scope,
  name,
  destinations,
  backlog,
}: {
  readonly scope: SwitchScope;
  readonly name: string;
  readonly destinations: readonly { readonly destination: string; readonly waiting: number; readonly held: number }[];
  readonly backlog: BacklogChoice;
}) {
  return (
    <Dialog
      isOpen
      onClose={closeOverlay}
      width={640}
      title={`${name} is open`}
      footer={
        <Button look="primary" data-autofocus onClick={closeOverlay}>
          Done
        </Button>
      }
    >
      <OpenProgress scope={scope} start={destinations} backlog={backlog} />
    </Dialog>
  );
}
