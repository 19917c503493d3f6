import { appError } from '#contract/errors.ts';
import type { Operation } from '#contract/operation.ts';
import { issuesOf } from '#contract/peer/issues.ts';
import { err, type Result } from '#contract/result.ts';
import type { CallContext, Service } from '#contract/service.ts';

/** Carries out operations by name inside the gateway, for what acts in a person's name. */
export interface Performer {
  /** null: there is no such operation. */
  find(name: string): Operation | null;
  /** As if it were called over the control port as a `view`. OPERATION_UNKNOWN, AUTH_FORBIDDEN (only the desk may), INPUT_INVALID, and what it answers. */
  run(name: string, input: unknown, who: Pick<CallContext, 'by' | 'commandId'>): Promise<Result<unknown>>;
}

/** `service` is asked for late: it is put together of the parts that use this. */
export function createPerformer(service: () => Service): Performer {
  const find = (name: string) => service().operations.get(name) ?? null;
  return {
    find: (name) => find(name)?.operation ?? null,
    async run(name, input, who) {
      const served = find(name);
      if (served === null) return err(appError('OPERATION_UNKNOWN', { operation: name }));
      if (served.operation.audience === 'desk') return err(appError('AUTH_FORBIDDEN', { operation: name }));
      const parsed = served.operation.input.safeParse(input);
      if (!parsed.success) return err(appError('INPUT_INVALID', issuesOf(parsed.error)));
      return served.handle(parsed.data, { audience: 'view', signal: new AbortController().signal, ...who });
    },
  };
}
