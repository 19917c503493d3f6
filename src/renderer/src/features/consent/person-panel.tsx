import { TextInput } from '@mantine/core';
import { IconUserSearch } from '@tabler/icons-react';
import { type FormEvent, useEffect, useState } from 'react';
import { useQuery } from '#renderer/client/use-query.ts';
import { Answer } from '#renderer/frame/answer.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import shared from '#renderer/ui/shared.module.css';
import classes from './consent.module.css';
import { PersonCard } from './person-card.tsx';
import { longestId } from './policy.ts';

/**
 * What one person said. The id lives in this panel's state only: in no store, no address, no message, and is gone
 * when the view is left.
 */
export function PersonPanel(props: { readonly turn: number; readonly onChange: () => void }) {
  const [text, setText] = useState('');
  const [person, setPerson] = useState<string | null>(null);
  const ask = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') setPerson(text.trim());
  };
  const forget = () => {
    setText('');
    setPerson(null);
  };
  return (
    <Panel title="One person" note="the id is not kept: only its keyed hash is known here">
      <div className={shared.stack}>
        <form className={classes.lookUp} onSubmit={ask} autoComplete="off">
          <TextInput
            className={classes.grow ?? ''}
            aria-label="User id or anonymous id"
            placeholder="User id or anonymous id"
            leftSection={<IconUserSearch size={14} stroke={1.6} />}
            value={text}
            maxLength={longestId}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" disabled={text.trim() === ''}>
            Look up
          </Button>
          {person === null ? null : (
            <Button look="quiet" onClick={forget}>
              Forget
            </Button>
          )}
        </form>
        {person === null ? (
          <p className={shared.quiet}>
            Look somebody up to see what they granted and withdrew, which destinations get their events, and to record what they say now.
          </p>
        ) : (
          <Person key={person} person={person} {...props} />
        )}
      </div>
    </Panel>
  );
}

function Person({ person, turn, onChange }: { readonly person: string; readonly turn: number; readonly onChange: () => void }) {
  const query = useQuery('consent.read', { person }, { refreshMs: 5000 });
  const { reload } = query;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change asks again
  useEffect(() => reload(), [turn, reload]);
  return (
    <Answer query={query} label="what this person said" meaning="What was said holds, seen or not." rows={4}>
      {(known) => <PersonCard person={person} known={known} onChange={onChange} />}
    </Answer>
  );
}
