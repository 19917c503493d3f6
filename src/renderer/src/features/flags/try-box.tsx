import { useMemo, useState } from 'react';
import type { Flag } from '#contract/documents/flag.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { type Trial, useTrial } from '#renderer/client/use-trial.ts';
import { JsonEditor } from '#renderer/ui/json-editor.tsx';
import { readJson, writeJson } from '#renderer/ui/json-text.ts';
import classes from './flags.module.css';

const firstContext = { targetingKey: 'user-1', plan: 'pro' };

/** What the flag comes to for somebody, while it is typed. Nothing is stored. `value`: a draft; absent: what is in force. */
export function TryBox({ id, value }: { readonly id: string; readonly value?: Flag | null }) {
  const [text, setText] = useState(() => writeJson(firstContext));
  const read = useMemo(() => readJson(text), [text]);
  const context = read.ok && typeof read.value === 'object' && read.value !== null && !Array.isArray(read.value) ? { ...read.value } : null;
  const isThere = value !== null && context !== null;
  const trial = useTrial('flag.evaluate', isThere ? { id, context, ...(value === undefined ? {} : { value }) } : null);
  return (
    <div className={classes.try}>
      <JsonEditor
        label="For whom"
        note="the context that an app sends, or an event has"
        value={text}
        read={read}
        onChange={setText}
        height="brief"
      />
      <p className={classes.answer} role="status" data-old={trial.isPending || undefined}>
        {value === null
          ? 'The draft cannot be tried yet: see what is marked.'
          : context === null
            ? read.ok
              ? 'A context is an object: { … }'
              : 'The context has a mistake, marked at its line.'
            : null}
        {isThere ? <Answered trial={trial} /> : null}
      </p>
    </div>
  );
}

const reasons: Readonly<Record<string, string>> = {
  TARGETING_MATCH: 'its targeting says so',
  DEFAULT: 'no rule of its targeting decides: the default',
  STATIC: 'it has no targeting: the default',
};

function Answered({ trial: { data, error } }: { readonly trial: Trial<OutputOf<Operations['flag.evaluate']>> }) {
  if (error !== null) return `${error.message} ${error.suggestedAction}`;
  if (data === null) return 'Trying…';
  if (data.errorCode !== null) return `Apps get their own default: ${data.errorMessage ?? ''} (${data.errorCode})`;
  return (
    <>
      <strong className={classes.got}>{data.variant}</strong> <code>{JSON.stringify(data.value)}</code>
      <span className={classes.quiet}>
        {reasons[data.reason] ?? data.reason} ({data.reason})
      </span>
    </>
  );
}
