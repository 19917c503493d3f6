import { Popover, TextInput } from '@mantine/core';
import { IconUserCheck } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useDocument } from '#renderer/client/documents.ts';
import { claimDestination } from '#renderer/frame/acting.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { Person } from '#renderer/ui/tag.tsx';
import classes from './destination.module.css';

/** Who looks after it now, and the way to take it or give it back. */
export function Claim({ id }: { readonly id: string }) {
  const owner = useDocument('destination', id)?.value?.owner ?? null;
  const [isOpen, setIsOpen] = useState(false);
  const [name, setName] = useState('');
  const claim = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === '') return;
    setIsOpen(false);
    void claimDestination(id, name.trim());
  };
  if (owner !== null) {
    return (
      <span className={classes.claim}>
        <Person name={owner} />
        <Button look="quiet" size="small" onClick={() => void claimDestination(id, null)}>
          Release
        </Button>
      </span>
    );
  }
  return (
    <Popover opened={isOpen} onChange={setIsOpen} trapFocus position="bottom-end">
      <Popover.Target>
        <Button icon={<IconUserCheck size={14} stroke={1.6} />} onClick={() => setIsOpen(!isOpen)}>
          Claim
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form className={classes.claimForm} onSubmit={claim}>
          <TextInput
            label="Who looks after it"
            placeholder="Your name"
            value={name}
            maxLength={100}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button look="primary" type="submit" disabled={name.trim() === ''}>
            Claim it
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
