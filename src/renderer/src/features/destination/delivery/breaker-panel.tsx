import { IconPlayerPause } from '@tabler/icons-react';
import { useState } from 'react';
import type { Destination } from '#contract/documents/destination.ts';
import { useDocument } from '#renderer/client/documents.ts';
import { Button } from '#renderer/ui/button.tsx';
import { ConfirmDialog } from '#renderer/ui/confirm-dialog.tsx';
import { Facts, Panel } from '#renderer/ui/panel.tsx';
import { age, toText } from '#renderer/ui/quantity.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { absolute } from '#renderer/ui/time.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import { useNow } from '#renderer/ui/use-now.ts';
import { ChangeButton } from '../change-button.tsx';
import classes from '../destination.module.css';
import type { LaneLimits } from '../use-lane.ts';
import { forceBreaker } from './force-breaker.ts';
import { breakerMark, breakerWords, judgingText, windowText } from './words.ts';

/** What the breaker does and what is wanted of it, with whoever wants it; held open or closed here, and given back. */
export function BreakerPanel({
  id,
  destination,
  breaker,
  onChange,
}: {
  readonly id: string;
  readonly destination: Destination;
  readonly breaker: LaneLimits['breaker'];
  readonly onChange: () => void;
}) {
  const now = useNow();
  const { effective, measured, why, since, probesAt, forced, window } = breaker;
  const isPlain = effective === 'closed' && measured === 'closed' && forced === null;
  return (
    <Panel title="Breaker" actions={<ChangeButton onClick={onChange} />}>
      <div className={classes.stack}>
        <p className={classes.effective} role="status" aria-label="Breaker">
          <StatusMark state={breakerMark(breaker)} size={14} />
          <strong>{breakerWords[effective]}</strong>
          {isPlain ? (
            <span className={classes.quiet}>calls go through</span>
          ) : (
            <span className={classes.quiet}>
              for <TimeAgo at={since} style="fine" />
            </span>
          )}
        </p>
        <Facts
          items={[
            {
              label: 'Desired',
              value:
                forced === null ? (
                  'automatic: as it measures'
                ) : (
                  <>
                    held {forced.state} by {forced.by}, <TimeAgo at={forced.at} />
                    {forced.reason === '' ? null : <span className={classes.reason}>{forced.reason}</span>}
                  </>
                ),
            },
            { label: 'Would do by itself', value: breakerWords[measured].toLowerCase() },
            ...(why === '' || forced !== null ? [] : [{ label: 'Why', value: why }]),
            ...(probesAt === null || forced?.state === 'open'
              ? []
              : [
                  {
                    label: 'Next probe',
                    value: (
                      <span title={absolute(probesAt)}>
                        {probesAt <= now ? 'with the next event' : `in ${toText(age(probesAt - now))}`}
                      </span>
                    ),
                  },
                ]),
            { label: 'Measured', value: windowText(window) },
            { label: 'Opens', value: judgingText(destination.delivery.breaker) },
          ]}
        />
        <Acts id={id} name={destination.name} forced={forced?.state ?? null} />
      </div>
    </Panel>
  );
}

function Acts({ id, name, forced }: { readonly id: string; readonly name: string; readonly forced: 'open' | 'closed' | null }) {
  const [isBusy, setIsBusy] = useState(false);
  const [isAsking, setIsAsking] = useState(false);
  const document = useDocument('breaker', id);
  const act = async (state: 'open' | 'closed' | null, reason = '') => {
    setIsBusy(true);
    await forceBreaker({ id, name, state, reason, before: document?.value?.state ?? null });
    setIsBusy(false);
    setIsAsking(false);
  };
  return (
    <div className={classes.acts}>
      {forced === 'open' ? null : (
        <Button size="small" isBusy={isBusy} icon={<IconPlayerPause size={14} />} onClick={() => void act('open')}>
          Hold it open
        </Button>
      )}
      {forced === 'closed' ? null : (
        <Button size="small" isBusy={isBusy} onClick={() => setIsAsking(true)}>
          Hold it closed…
        </Button>
      )}
      {forced === null ? null : (
        <Button size="small" look="primary" isBusy={isBusy} onClick={() => void act(null)}>
          Give it back
        </Button>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={`Hold the breaker of ${name} closed`}
        action="Hold it closed"
        reason="required"
        isBusy={isBusy}
        onConfirm={({ reason }) => void act('closed', reason)}
      >
        <p>
          Every event is sent, whatever the vendor answers, until somebody gives it back. A vendor that is down gets the whole load, and its
          events use up their attempts.
        </p>
      </ConfirmDialog>
    </div>
  );
}
