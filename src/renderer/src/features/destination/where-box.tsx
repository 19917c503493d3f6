import { TextInput } from '@mantine/core';
import { IconZoomQuestion } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import classes from './destination.module.css';

/** A message id in, its whole life out. */
export function WhereBox() {
  const [text, setText] = useState('');
  const ask = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') requestOverlay({ type: 'where', messageId: text.trim() });
  };
  return (
    <Panel title="Where did my event go?">
      <form className={classes.where} onSubmit={ask}>
        <TextInput
          aria-label="Message id"
          placeholder="Message id"
          className={classes.grow ?? ''}
          leftSection={<IconZoomQuestion size={14} stroke={1.6} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" disabled={text.trim() === ''}>
          Find it
        </Button>
      </form>
    </Panel>
  );
}
