import type { DiffEntry } from '#contract/documents/diff.ts';
import classes from './diff-view.module.css';
import { pathWords, type SideWords, sidesWords } from './diff-words.ts';

/** What differs, a line each: where, what stood there (struck) and what stands there. Long values are folded. */
export function DiffView({
  entries,
  label = 'What changed',
  empty = 'Nothing differs.',
}: {
  readonly entries: readonly DiffEntry[];
  readonly label?: string;
  /** Said where there is no difference. */
  readonly empty?: string;
}) {
  if (entries.length === 0) return <p className={classes.empty}>{empty}</p>;
  return (
    <ul className={classes.list} aria-label={label}>
      {entries.map((entry) => (
        <DiffLine key={JSON.stringify(entry.path)} entry={entry} />
      ))}
    </ul>
  );
}

function DiffLine({ entry }: { readonly entry: DiffEntry }) {
  const { before, after } = sidesWords(entry);
  return (
    <li className={classes.line}>
      <span className={classes.path} title={entry.path.join('.')}>
        {pathWords(entry.path)}
      </span>
      <span className={classes.values}>
        {before?.kind === 'items' && after?.kind === 'items' ? (
          <Items before={before.items} after={after.items} />
        ) : (
          <>
            {before === null ? null : <Before words={before} />}
            {after === null ? <span className={classes.quiet}>is gone</span> : <After words={after} isNew={before === null} />}
          </>
        )}
      </span>
    </li>
  );
}

function Before({ words }: { readonly words: SideWords }) {
  return (
    <>
      <span className="visually-hidden">was </span>
      <del className={classes.before}>
        <Side words={words} />
      </del>
    </>
  );
}

function After({ words, isNew }: { readonly words: SideWords; readonly isNew: boolean }) {
  return (
    <>
      <span className="visually-hidden">{isNew ? ' is new: ' : ' is now '}</span>
      <ins className={classes.after}>
        <Side words={words} />
      </ins>
    </>
  );
}

function Side({ words }: { readonly words: SideWords }) {
  if (words.kind === 'text') return words.text;
  if (words.kind === 'items') return words.items.length === 0 ? 'empty list' : words.items.join(', ');
  return (
    <details className={classes.long}>
      <summary>{words.what}</summary>
      <pre>{words.text}</pre>
    </details>
  );
}

/** Which items came and which went; those that stayed are only counted where nothing else says that they are there. */
function Items({ before, after }: { readonly before: readonly string[]; readonly after: readonly string[] }) {
  const gone = before.filter((item) => !after.includes(item));
  const come = after.filter((item) => !before.includes(item));
  if (gone.length + come.length === 0)
    return (
      <>
        <Before words={{ kind: 'items', items: before }} />
        <After words={{ kind: 'items', items: after }} isNew={false} />
      </>
    );
  const stayed = after.length - come.length;
  return (
    <>
      {gone.length === 0 ? null : <Before words={{ kind: 'items', items: gone }} />}
      {come.length === 0 ? null : <After words={{ kind: 'items', items: come }} isNew />}
      {stayed === 0 && after.length > 0 ? null : (
        <span className={classes.quiet}>{after.length === 0 ? 'empty now' : `${stayed} stay${stayed === 1 ? 's' : ''}`}</span>
      )}
    </>
  );
}
