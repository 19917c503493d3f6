import { IconShieldCheck } from '@tabler/icons-react';
import { useState } from 'react';
import type { AppError } from '#contract/errors.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { call } from '#renderer/client/session.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import classes from './system.module.css';

type Verdict = OutputOf<Operations['audit.verify']>;

/** Walks the whole chain in the gateway and says whether an entry was changed or taken out. */
export function AuditVerify() {
  const [state, setState] = useState<{ readonly isBusy: boolean; readonly verdict: Verdict | null; readonly error: AppError | null }>({
    isBusy: false,
    verdict: null,
    error: null,
  });
  const verify = async () => {
    setState({ isBusy: true, verdict: null, error: null });
    const answer = await call('audit.verify', {}, { deadlineMs: 60_000 });
    setState(answer.ok ? { isBusy: false, verdict: answer.value, error: null } : { isBusy: false, verdict: null, error: answer.error });
  };
  const { isBusy, verdict, error } = state;
  const button = (
    <Button size="small" icon={<IconShieldCheck size={14} />} isBusy={isBusy} onClick={() => void verify()}>
      {verdict === null ? 'Verify the chain' : 'Verify again'}
    </Button>
  );
  if (error !== null) return <ErrorState error={error} meaning="The chain was not verified." onRetry={() => void verify()} />;
  if (verdict === null) {
    return (
      <Callout state="none" title="Each entry holds the hash of the one before" actions={button}>
        Verifying recomputes all of them in the gateway.
      </Callout>
    );
  }
  return (
    <Callout
      state={verdict.intact ? 'healthy' : 'failing'}
      title={verdict.intact ? `Intact: ${counted(verdict.entries, 'entry', 'entries')}` : `Broken at entry ${verdict.brokenAt ?? '?'}`}
      actions={button}
    >
      {verdict.intact ? (
        <span className={classes.mono}>head {verdict.head}</span>
      ) : (
        'That entry, or one before it, is not what was written. Keep the data folder as it is and compare it with a backup.'
      )}
    </Callout>
  );
}
