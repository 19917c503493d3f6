import { type ReactNode, useId, useMemo, useRef } from 'react';
import { Button } from './button.tsx';
import classes from './json-editor.module.css';
import { inkOf, type JsonText, writeJson } from './json-text.ts';

/** A line that something is said of. Its text is shown below the editor, and on hover. */
export interface LineMark {
  readonly line: number;
  readonly look: 'bad' | 'warn' | 'changed';
  /** What is said; empty marks the line only. */
  readonly text: string;
}

export interface JsonEditorProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** What `readJson` says of `value`: the caller needs it, too. */
  readonly read: JsonText;
  readonly marks?: readonly LineMark[];
  /** Beside the label. */
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  /** brief is for some five lines. */
  readonly height?: 'brief' | 'short' | 'tall';
}

/** JSON to be typed: line numbers, ink, and the mistake at its line, in words. Tab leaves it, as it leaves any field. */
export function JsonEditor({ label, value, onChange, read, marks = [], note, actions, height = 'tall' }: JsonEditorProps) {
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  const problem = read.ok ? null : read.problem;
  const all = problem === null ? marks : [{ line: problem.line, look: 'bad' as const, text: problem.message }, ...marks];
  const goTo = (offset: number) => {
    area.current?.focus();
    area.current?.setSelectionRange(offset, offset);
  };
  return (
    <div className={classes.field}>
      <div className={classes.head}>
        <label className={classes.label} htmlFor={id}>
          {label}
        </label>
        {note === undefined ? null : <span className={classes.note}>{note}</span>}
        <span className={classes.actions}>
          {actions}
          <Button size="small" look="quiet" disabled={!read.ok} onClick={() => read.ok && onChange(writeJson(read.value))}>
            Tidy
          </Button>
        </span>
      </div>
      <div className={classes.scroll} data-height={height} data-bad={problem !== null || undefined}>
        <div className={classes.sheet}>
          <Ink text={value} marks={all} isHidden />
          <textarea
            ref={area}
            id={id}
            className={classes.area}
            value={value}
            spellCheck={false}
            autoComplete="off"
            autoCapitalize="off"
            aria-invalid={problem !== null || undefined}
            aria-describedby={problem === null ? undefined : `${id}-problem`}
            onChange={(event) => onChange(event.currentTarget.value)}
          />
        </div>
      </div>
      {problem === null ? null : (
        <p className={classes.problem} id={`${id}-problem`} role="status">
          <button type="button" className={classes.where} onClick={() => goTo(problem.offset)}>
            Line {problem.line}, column {problem.column}
          </button>
          {problem.message}
        </p>
      )}
    </div>
  );
}

/** JSON to be read only, with the lines that are spoken of. */
export function JsonView({
  label,
  text,
  marks = [],
  height = 'tall',
}: {
  readonly label: string;
  readonly text: string;
  readonly marks?: readonly LineMark[];
  readonly height?: 'short' | 'tall';
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section className={classes.scroll} data-height={height} aria-label={label} tabIndex={0}>
      <div className={classes.sheet}>
        <Ink text={text} marks={marks} isHidden={false} />
      </div>
    </section>
  );
}

function Ink({ text, marks, isHidden }: { readonly text: string; readonly marks: readonly LineMark[]; readonly isHidden: boolean }) {
  const lines = useMemo(() => text.split('\n').map((line) => inkOf(line)), [text]);
  const byLine = new Map(marks.map((mark) => [mark.line, mark]));
  return (
    <pre className={classes.ink} aria-hidden={isHidden || undefined}>
      {lines.map((parts, index) => {
        const mark = byLine.get(index + 1);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
          <span key={index} className={classes.line} data-look={mark?.look} title={mark?.text}>
            {parts.map((part, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts stand in their order
              <span key={at} className={classes[part.kind]}>
                {part.text}
              </span>
            ))}
            {'\n'}
          </span>
        );
      })}
    </pre>
  );
}
