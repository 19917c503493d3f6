import { TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { destinationName, useDocuments } from '#renderer/client/documents.ts';
import { ActProblem } from '#renderer/frame/act-problem.tsx';
import { showToast } from '#renderer/frame/toasts.ts';
import { useCommand } from '#renderer/frame/use-command.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { CopyButton, Id } from '#renderer/ui/command-line.tsx';
import { Segmented } from '#renderer/ui/segmented.tsx';
import shared from '#renderer/ui/shared.module.css';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './consent.module.css';
import { LiftDialog } from './lift-dialog.tsx';
import { SuppressDialog } from './suppress-dialog.tsx';
import { kindWords } from './suppression-words.ts';

type Known = OutputOf<Operations['consent.read']>;

interface Props {
  readonly person: string;
  readonly known: Known;
  readonly onChange: () => void;
}

/** What is known of one person, by category and by destination, and the ways to change it. */
export function PersonCard({ person, known, onChange }: Props) {
  const [asking, setAsking] = useState<'suppress' | 'lift' | null>(null);
  const { state, isBusy, run } = useCommand();
  const policies = useDocuments('consent');
  const asked = policies.flatMap(({ value }) => value?.categories ?? []);
  const categories = [...new Set([...Object.keys(known.categories), ...asked])].sort();
  const say = async (category: string, granted: boolean) => {
    const end = await run('consent.set', { person, categories: { [category]: granted } });
    if (!end.ok) return;
    showToast({
      id: 'consent',
      title: `${category} is ${granted ? 'granted' : 'withdrawn'}`,
      body: 'It holds from now on, also for what waits.',
    });
    onChange();
  };
  return (
    <div className={shared.stack}>
      <p className={classes.who}>
        <Id value={known.person} keep={26} />
        <CopyButton text={known.person} label="Copy the hash" />
        <span className={classes.quiet}>the hash that stands for this person</span>
      </p>
      {known.suppressed === null ? null : (
        <Callout
          state="held"
          title={kindWords[known.suppressed].title}
          actions={
            <Button size="small" onClick={() => setAsking('lift')}>
              Lift…
            </Button>
          }
        >
          {kindWords[known.suppressed].meaning}
        </Callout>
      )}
      {categories.length === 0 ? (
        <p className={shared.quiet}>This person said nothing yet, and no destination asks for anything.</p>
      ) : (
        <ul className={classes.categories} aria-label="What this person said">
          {categories.map((category) => {
            const choice = known.categories[category];
            return (
              <li key={category}>
                <span className={classes.name}>{category}</span>
                <span className={classes.quiet}>{choice === undefined ? 'said nothing' : <TimeAgo at={choice.at} />}</span>
                <Segmented
                  label={`Consent to ${category}`}
                  value={choice === undefined ? 'unknown' : choice.granted ? 'granted' : 'withdrawn'}
                  options={[
                    ...(choice === undefined ? [{ value: 'unknown' as const, label: 'Unknown' }] : []),
                    { value: 'granted' as const, label: 'Granted' },
                    { value: 'withdrawn' as const, label: 'Withdrawn' },
                  ]}
                  onChange={(value) => {
                    if (value !== 'unknown' && !isBusy) void say(category, value === 'granted');
                  }}
                />
              </li>
            );
          })}
        </ul>
      )}
      <AnotherCategory onSay={say} />
      <ActProblem state={state} />
      <Reach known={known} />
      {known.suppressed !== null ? null : (
        <div>
          <Button size="small" onClick={() => setAsking('suppress')}>
            Suppress this person…
          </Button>
        </div>
      )}
      {asking === 'suppress' ? <SuppressDialog people={[person]} onClose={() => setAsking(null)} onDone={onChange} /> : null}
      {asking === 'lift' ? <LiftDialog person={person} onClose={() => setAsking(null)} onDone={onChange} /> : null}
    </div>
  );
}

function AnotherCategory({ onSay }: { readonly onSay: (category: string, granted: boolean) => Promise<void> }) {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    void onSay(text.trim(), false);
    setText('');
  };
  return (
    <form className={classes.lookUp} onSubmit={submit}>
      <TextInput
        className={classes.grow ?? ''}
        aria-label="Another category"
        placeholder="Another category"
        value={text}
        maxLength={100}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button size="small" type="submit" disabled={text.trim() === ''}>
        Withdraw it
      </Button>
    </form>
  );
}

/** What each destination that asks would do with an event that says nothing itself. */
function Reach({ known }: { readonly known: Known }) {
  if (known.destinations.length === 0) return null;
  return (
    <div className={classes.field}>
      <span className={classes.label}>Where events of this person go</span>
      <ul className={classes.reach}>
        {known.destinations.map(({ destination, isAllowed }) => (
          <li key={destination}>
            <StatusMark state={isAllowed ? 'healthy' : 'off'} size={10} />
            <span className={classes.name}>{destinationName(destination)}</span>
            <span className={classes.quiet}>{isAllowed ? 'gets them' : 'does not get them'}</span>
          </li>
        ))}
      </ul>
      <span className={classes.quiet}>Unless the event itself says otherwise. Destinations that ask for nothing get them anyway.</span>
    </div>
  );
}
