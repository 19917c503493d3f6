import { useState } from 'react';
import type { Source } from '#contract/documents/source.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { CopyButton } from '#renderer/ui/command-line.tsx';
import { Segmented } from '#renderer/ui/segmented.tsx';
import shared from '#renderer/ui/shared.module.css';
import { snippetsFor } from './snippets.ts';
import classes from './system.module.css';

/** Code that sends to a source, with its key and this gateway's address filled in. */
export function SnippetBox({ source }: { readonly source: Pick<Source, 'kind' | 'writeKey'> }) {
  const status = useQuery('system.status', {});
  const [chosen, setChosen] = useState('curl');
  if (status.data === null) return null;
  const snippets = snippetsFor(source, status.data.ingestUrl);
  const snippet = snippets.find(({ id }) => id === chosen) ?? snippets[0];
  if (snippet === undefined) return null;
  return (
    <div className={shared.stack}>
      {snippets.length < 2 ? null : (
        <Segmented
          label="Language"
          value={snippet.id}
          options={snippets.map(({ id, title }) => ({ value: id, label: title }))}
          onChange={setChosen}
        />
      )}
      <div className={classes.codeBox}>
        <pre className={classes.code}>{snippet.text}</pre>
        <CopyButton text={snippet.text} label="Copy the code" />
      </div>
    </div>
  );
}
