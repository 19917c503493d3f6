import { TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { randomId } from '#contract/random-id.ts';
import { call } from '#renderer/client/session.ts';
import { Button } from '#renderer/ui/button.tsx';
import classes from './reason-field.module.css';

/** Asks why, after the fact: a note in the audit, beside the command that it explains. */
export function ReasonField({ target, lead }: { readonly target: string; readonly lead: string }) {
  const [text, setText] = useState('');
  const [state, setState] = useState<'asked' | 'sending' | 'kept' | string>('asked');
  if (state === 'kept') return <p>{lead} The reason is in the audit.</p>;
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    setState('sending');
    const answer = await call('audit.note', { target, note: text.trim() }, { commandId: randomId() });
    setState(answer.ok ? 'kept' : answer.error.message);
  };
  return (
    <form className={classes.form} onSubmit={(event) => void send(event)}>
      <p>{lead}</p>
      <div className={classes.line}>
        <TextInput
          aria-label="Why"
          placeholder="Why? (for the audit)"
          value={text}
          maxLength={500}
          onChange={(event) => setText(event.currentTarget.value)}
          className={classes.input ?? ''}
        />
        <Button size="small" type="submit" isBusy={state === 'sending'} disabled={text.trim() === ''}>
          Add reason
        </Button>
      </div>
      {state === 'asked' || state === 'sending' ? null : <p role="alert">{state}</p>}
    </form>
  );
}
