import { type SwitchScope, scopeId } from '#contract/documents/switch.ts';
import { randomId } from '#contract/random-id.ts';
import { call, currentSession } from '#renderer/client/session.ts';
import { claimDestination, parkScope } from '#renderer/frame/acting.tsx';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { navigate } from '#renderer/frame/router.ts';
import { showToast } from '#renderer/frame/toasts.ts';
import { Button } from '#renderer/ui/button.tsx';
import shared from '#renderer/ui/shared.module.css';
import { stateLooks } from '#renderer/ui/state.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { Person } from '#renderer/ui/tag.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import type { Need, Step } from './needs.ts';
import classes from './now.module.css';

/** Notes in the audit that a person looked at a stop and wants it kept. The switch itself does not change. */
async function keep(scope: SwitchScope, name: string): Promise<void> {
  const answer = await call('audit.note', { target: scopeId(scope), note: 'looked at: it stays parked' }, { commandId: randomId() });
  const id = `keep ${scopeId(scope)}`;
  if (answer.ok) showToast({ id, title: `${name} stays parked`, body: 'Noted in the audit that somebody looked.' });
  else showToast({ id, state: 'failing', title: `It was not noted: ${answer.error.message}`, body: answer.error.suggestedAction });
}

function wordOf(step: Step): string {
  switch (step.type) {
    case 'park':
      return `Park ${step.name}`;
    case 'open':
      return `Open ${step.name}…`;
    case 'keep':
      return 'Note: keep it parked';
    case 'credential':
      return step.isNew ? 'Add its credential…' : 'Replace its credential…';
    case 'go':
      return step.label;
    case 'retryLink':
      return 'Try now';
  }
}

function take(step: Step): void {
  switch (step.type) {
    case 'park':
      return void parkScope(step.scope);
    case 'open':
      return requestOverlay({ type: 'open', scope: step.scope });
    case 'keep':
      return void keep(step.scope, step.name);
    case 'credential':
      return requestOverlay({ type: 'credential', destination: step.destination });
    case 'go':
      return navigate(step.path);
    case 'retryLink':
      return currentSession().gateway.retryNow();
  }
}

/** One thing that needs a person: what, since when, who is on it, and the one next step first. */
export function NeedCard({ need, isFirst, isGone }: { readonly need: Need; readonly isFirst: boolean; readonly isGone: boolean }) {
  const { destination, owner } = need;
  return (
    <li className={classes.need} data-hue={stateLooks[need.state].hue} data-gone={isGone || undefined}>
      <span className={classes.mark}>
        <StatusMark state={need.state} size={14} label={stateLooks[need.state].word} />
      </span>
      <div className={classes.words}>
        <p className={classes.title}>
          {need.title}
          {need.since === null ? null : (
            <span className={classes.since}>
              for <TimeAgo at={need.since} style="fine" />
            </span>
          )}
        </p>
        <p className={classes.text}>{isGone ? 'No more: it is over.' : need.text}</p>
      </div>
      <div className={classes.who}>
        {destination === null ? null : owner === null ? (
          <span className={shared.quiet}>nobody has claimed it</span>
        ) : (
          <Person name={owner} />
        )}
      </div>
      <div className={classes.steps}>
        {destination !== null && owner === null ? (
          <Button size="small" look="quiet" onClick={() => void claimDestination(destination, 'operator')}>
            I take it
          </Button>
        ) : null}
        {[...need.steps].reverse().map((step) => (
          <Button
            key={step.type}
            size="small"
            look={step !== need.steps[0] ? 'quiet' : isFirst ? 'primary' : 'plain'}
            onClick={() => take(step)}
          >
            {wordOf(step)}
          </Button>
        ))}
      </div>
    </li>
  );
}
