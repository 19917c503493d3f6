import type { ReactNode } from 'react';
import classes from './act-problem.module.css';
import type { CommandState } from './use-command.ts';

/** Beside the buttons of a form: why the last try did not work, or that its outcome is being asked for. */
export function ActProblem({ state }: { readonly state: CommandState }): ReactNode {
  if (state.step === 'lost') {
    return (
      <span role="status" className={classes.problem}>
        The answer was lost. Asking what became of it…
      </span>
    );
  }
  if (state.error === null) return null;
  return (
    <span role="alert" className={classes.problem} data-bad>
      {state.error.message} {Array.isArray(state.error.details?.issues) ? 'See the marked fields.' : state.error.suggestedAction}
    </span>
  );
}
