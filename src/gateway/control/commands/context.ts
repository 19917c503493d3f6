import type { OperationName, Operations } from '#contract/operations/index.ts';
import type { Handlers } from '#contract/service.ts';

/** A part of the gateway's table of handlers. */
export type HandlersOf<Name extends OperationName> = Pick<Handlers<Operations>, Name>;
