import { NumberInput } from '@mantine/core';
import { audienceOf } from '#contract/documents/flag-share.ts';
import { Audience } from '#renderer/frame/audience.tsx';
import { Button } from '#renderer/ui/button.tsx';
import { JsonEditor } from '#renderer/ui/json-editor.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import shared from '#renderer/ui/shared.module.css';
import { type Drawn, type FlagDraft, rolloutOf, withPercent } from './draft.ts';
import classes from './flags.module.css';

export interface DraftProps {
  readonly draft: FlagDraft;
  readonly drawn: Drawn;
  readonly onChange: (draft: FlagDraft) => void;
}

const steps = [0, 1, 5, 25, 50, 100] as const;

/** Who gets what: a percentage where that says it all, and the targeting as it is. */
export function TargetingPanel({ draft, drawn, onChange }: DraftProps) {
  const { value, problems } = drawn;
  const rollout = value === null ? null : rolloutOf(value);
  const problem = problems.get('targeting');
  const hasSegments = value !== null && (audienceOf(value)?.segments.length ?? 0) > 0;
  return (
    <Panel title="Who gets what" note="the same user always gets the same">
      <div className={shared.stack}>
        {value === null ? null : (
          <div className={classes.share}>
            <Audience flag={value} />
          </div>
        )}
        {rollout === null ? null : (
          <div className={classes.percent}>
            <NumberInput
              label={`${rollout.variant} for this share of users`}
              value={rollout.percent}
              min={0}
              max={100}
              decimalScale={3}
              suffix=" %"
              onChange={(percent) => typeof percent === 'number' && onChange(withPercent(draft, percent))}
            />
            {steps.map((percent) => (
              <Button
                key={percent}
                size="small"
                aria-label={`${percent} % of users`}
                aria-pressed={rollout.percent === percent}
                onClick={() => onChange(withPercent(draft, percent))}
              >
                {percent} %
              </Button>
            ))}
            {hasSegments ? <span className={classes.quiet}>of those whom no segment takes</span> : null}
          </div>
        )}
        {draft.type === 'kill' ? (
          <p className={shared.muted}>A kill flag is for everybody: it is switched, and has no targeting.</p>
        ) : (
          <JsonEditor
            label="Targeting"
            note="JsonLogic as flagd has it; empty: the default variant for everybody"
            value={draft.targeting}
            read={drawn.targeting}
            onChange={(targeting) => onChange({ ...draft, targeting })}
          />
        )}
        {problem === undefined ? null : (
          <p className={classes.problem} role="alert">
            {problem}
          </p>
        )}
      </div>
    </Panel>
  );
}
