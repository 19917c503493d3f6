import { fillIn, type Playbook, type PlaybookRun, type PlaybookStep } from '#contract/documents/playbook.ts';
import { appError } from '#contract/errors.ts';
import type { Operation } from '#contract/operation.ts';
import { operations } from '#contract/operations/index.ts';
import { playbookEnd, playbookPut, playbookStart, playbookStep } from '#contract/operations/playbooks.ts';
import { err, ok, type Result } from '#contract/result.ts';
import type { DocumentStore } from '../document-store.ts';
import { issuesOf } from '../store/revision.ts';
import type { Issue } from './address-issues.ts';
import type { HandlersOf } from './context.ts';
import type { ControlDeps } from './deps.ts';
import { findLiving } from './living.ts';
import { revisionOf, runCommand } from './run-command.ts';
import { under } from './validate.ts';

type PlaybookOperation = 'playbook.put' | 'playbook.start' | 'playbook.step' | 'playbook.end';

/** Playbooks and their runs. A run is a document, so it outlives this process and every console shows the same. */
export function playbookCommands({ store, now }: ControlDeps): HandlersOf<PlaybookOperation> {
  return {
    'playbook.put': (input, context) =>
      runCommand(store, input, context, {
        operation: playbookPut,
        target: `playbook/${input.id}`,
        plan() {
          const checked = checkPlaybook(input.value);
          return checked.ok ? ok({ changes: [{ kind: 'playbook', id: input.id, value: input.value }] }) : checked;
        },
        answer: revisionOf,
      }),

    'playbook.start'(input, context) {
      const at = now();
      const id = `${input.playbook}-${at.toString(36)}`;
      return runCommand(store, input, context, {
        operation: playbookStart,
        target: `playbook/${input.playbook}`,
        plan() {
          const run = newRun(store, input.playbook, input.parameters, { startedAt: at, startedBy: context.by });
          return run.ok ? ok({ changes: [{ kind: 'playbook-run', id, value: run.value, expectedRevision: 0 }] }) : run;
        },
        answer: (documents) => ({ run: documents[0]?.id ?? id, ...revisionOf(documents) }),
      });
    },

    'playbook.step': (input, context) =>
      runCommand(store, input, context, {
        operation: playbookStep,
        target: `playbook-run/${input.run}`,
        plan() {
          const run = openRun(store, input.run);
          if (!run.ok) return run;
          const steps = run.value.steps.map((each) =>
            each.step.id === input.step ? { ...each, ...mark(input, context.by, now()) } : each,
          );
          if (!steps.some(({ step }) => step.id === input.step))
            return err(appError('DOCUMENT_NOT_FOUND', { kind: 'playbook-run', id: input.run, step: input.step }));
          if (input.givenCommand !== undefined && store.outcome(input.givenCommand)?.outcome !== 'applied')
            return err(appError('COMMAND_UNKNOWN', { commandId: input.givenCommand }));
          return ok({ changes: [{ kind: 'playbook-run', id: input.run, value: { ...run.value, steps } }] });
        },
        answer: revisionOf,
      }),

    'playbook.end': (input, context) =>
      runCommand(store, input, context, {
        operation: playbookEnd,
        target: `playbook-run/${input.run}`,
        plan() {
          const run = openRun(store, input.run);
          if (!run.ok) return run;
          return ok({ changes: [{ kind: 'playbook-run', id: input.run, value: { ...run.value, state: input.state, endedAt: now() } }] });
        },
        answer: revisionOf,
      }),
  };
}

interface Marking {
  readonly state: PlaybookRun['steps'][number]['state'];
  readonly note: string;
  readonly givenCommand?: string | undefined;
}

function mark({ state, note, givenCommand }: Marking, by: string, at: number): Omit<PlaybookRun['steps'][number], 'step'> {
  if (state === 'open') return { state, by: '', at: null, note: '', commandId: null };
  return { state, by, at, note, commandId: givenCommand ?? null };
}

/** DOCUMENT_NOT_FOUND, PLAYBOOK_RUN_ENDED. */
function openRun(store: DocumentStore, id: string): Result<PlaybookRun> {
  const found = findLiving(store, 'playbook-run', id);
  if (!found.ok) return found;
  const run = found.value.value;
  return run.state === 'running' ? ok(run) : err(appError('PLAYBOOK_RUN_ENDED', { run: id, state: run.state }));
}

function newRun(
  store: DocumentStore,
  id: string,
  given: Readonly<Record<string, string>>,
  begun: Pick<PlaybookRun, 'startedAt' | 'startedBy'>,
): Result<PlaybookRun> {
  const found = findLiving(store, 'playbook', id);
  if (!found.ok) return found;
  const { title, parameters, steps } = found.value.value;
  const wrong = parameters.flatMap(({ name, type }): readonly Issue[] => {
    const value = Object.hasOwn(given, name) ? (given[name] ?? '').trim() : '';
    if (value === '') return [{ path: `parameters.${name}`, message: 'is missing' }];
    const isUnknown = type === 'destination' && !findLiving(store, 'destination', value).ok;
    return isUnknown ? [{ path: `parameters.${name}`, message: `there is no destination ${value}` }] : [];
  });
  const issues = wrong.length > 0 ? wrong : steps.flatMap((step, index) => inputIssues(step, index, given));
  if (issues.length > 0) return err(appError('INPUT_INVALID', { issues }));
  const open = steps.map((step) => ({ step, ...mark({ state: 'open', note: '' }, '', 0) }));
  return ok({ playbook: id, title, parameters: { ...given }, steps: open, state: 'running', ...begun, endedAt: null });
}

function inputIssues(step: PlaybookStep, index: number, parameters: Readonly<Record<string, string>>): readonly Issue[] {
  if (step.type === 'manual') return [];
  const parsed = operationOf(step.operation)?.input.safeParse(fillIn(step.input, parameters));
  return parsed === undefined || parsed.success ? [] : issuesOf(parsed.error, `steps.${index}.input`);
}

/** INPUT_INVALID: two steps of one name, a step that is no command, a parameter that is not declared. */
export function checkPlaybook({ steps, parameters }: Playbook): Result<void> {
  const names = new Set(parameters.map(({ name }) => name));
  const issues = steps.flatMap((step, index): readonly Issue[] => {
    const twin =
      steps.findIndex(({ id }) => id === step.id) < index
        ? [{ path: `steps.${index}.id`, message: `there is another step ${step.id}` }]
        : [];
    if (step.type === 'manual') return twin;
    const operation = operationOf(step.operation);
    const isCommand = operation?.kind === 'command' && operation.audience === 'view';
    const unknown = [...JSON.stringify(step.input).matchAll(/\{([a-z][A-Za-z0-9]*)\}/g)].flatMap(([, name = '']) =>
      names.has(name) ? [] : [{ path: `steps.${index}.input`, message: `there is no parameter ${name}` }],
    );
    return [...twin, ...(isCommand ? [] : [{ path: `steps.${index}.operation`, message: 'is not a command' }]), ...unknown];
  });
  return issues.length > 0 ? err(appError('INPUT_INVALID', { issues: under(issues) })) : ok(undefined);
}

function operationOf(name: string): Operation | undefined {
  return Object.values<Operation>(operations).find((operation) => operation.name === name);
}
