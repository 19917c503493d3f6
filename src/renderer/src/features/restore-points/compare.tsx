import { NativeSelect } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useState } from 'react';
import type { ChangedDocument, Comparison } from '#contract/operations/restore.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Answer } from '#renderer/frame/answer.tsx';
import { setQuery } from '#renderer/frame/router.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { counted } from '#renderer/ui/quantity.ts';
import { absolute } from '#renderer/ui/time.ts';
import { BringBackDialog } from './bring-back-dialog.tsx';
import { ChangedDocuments } from './changed-documents.tsx';
import classes from './restore-points.module.css';
import { chosenAtFirst, credentialWords, keyOf, type Point } from './words.ts';

const now = 'now';
const refreshMs = 10_000;

/** One restore point beside now, from where it can be brought back; or beside another, to see what changed between them. */
export function Compare({
  point,
  points,
  onDone,
}: {
  readonly point: Point;
  readonly points: readonly Point[];
  readonly onDone: () => void;
}) {
  const [against, setAgainst] = useState(now);
  const isNow = against === now;
  const here = { type: 'point', id: point.id } as const;
  const query = useQuery(
    'restorePoint.diff',
    isNow ? { from: { type: 'now' }, to: here } : { from: here, to: { type: 'point', id: against } },
    isNow ? { refreshMs } : {},
  );
  return (
    <>
      <div className={classes.bar}>
        <Button look="quiet" icon={<IconArrowLeft size={14} />} onClick={() => setQuery({ point: '' }, { replace: false })}>
          All restore points
        </Button>
        <NativeSelect
          label={`“${point.name}” beside`}
          value={against}
          onChange={(event) => setAgainst(event.currentTarget.value)}
          data={[
            { value: now, label: 'what is now' },
            ...points
              .filter(({ id }) => id !== point.id)
              .map(({ id, name, takenAt }) => ({ value: id, label: `${name}, ${absolute(takenAt)}` })),
          ]}
        />
      </div>
      <Answer query={query} label="the comparison" meaning="Nothing was changed." rows={6}>
        {(comparison) =>
          isNow ? (
            <BesideNow key={point.id} point={point} comparison={comparison} onDone={onDone} />
          ) : (
            <Panel title={`From “${point.name}” to the other`} note={counted(comparison.documents.length, 'document')} isFlush>
              <Documents comparison={comparison} label="What differs" />
            </Panel>
          )
        }
      </Answer>
    </>
  );
}

function BesideNow({ point, comparison, onDone }: { readonly point: Point; readonly comparison: Comparison; readonly onDone: () => void }) {
  const { documents, credentials } = comparison;
  /** null: nobody has chosen yet. */
  const [picked, setPicked] = useState<ReadonlySet<string> | null>(null);
  /** What is asked about, as it was seen: it does not change under the dialog. */
  const [asked, setAsked] = useState<{ readonly documents: readonly ChangedDocument[]; readonly seq: number } | null>(null);
  const chosen = picked ?? chosenAtFirst(documents);
  const meant = documents.filter((document) => document.isRestorable && chosen.has(keyOf(document)));
  const restorable = documents.filter(({ isRestorable }) => isRestorable).length;
  return (
    <>
      <Panel
        title="What bringing it back would change"
        note={restorable === 0 ? 'nothing' : `${meant.length} of ${counted(restorable, 'document')} chosen; struck is what is now`}
        actions={
          <Button
            size="small"
            look="grave"
            disabled={meant.length === 0}
            onClick={() => setAsked({ documents: meant, seq: comparison.seq })}
          >
            Bring back {counted(meant.length, 'document')}…
          </Button>
        }
        isFlush
      >
        <Documents comparison={comparison} label="What bringing it back would change" chosen={chosen} onChoose={setPicked} />
      </Panel>
      {credentials.length === 0 ? null : (
        <Callout state="degraded" title="Credentials are not as they were, and no secret is ever brought back">
          <ul className={classes.lines}>
            {credentials.map((each) => (
              <li key={each.destination}>
                {each.destination} {credentialWords(each)}
              </li>
            ))}
          </ul>
        </Callout>
      )}
      {asked === null ? null : (
        <BringBackDialog point={point} documents={asked.documents} seenSeq={asked.seq} onClose={() => setAsked(null)} onDone={onDone} />
      )}
    </>
  );
}

function Documents({
  comparison: { documents },
  ...rest
}: { readonly comparison: Comparison } & Omit<Parameters<typeof ChangedDocuments>[0], 'documents'>) {
  return documents.length === 0 ? <p className={classes.none}>Nothing differs.</p> : <ChangedDocuments documents={documents} {...rest} />;
}
