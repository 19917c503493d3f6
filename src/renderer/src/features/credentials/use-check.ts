import { useState } from 'react';
import type { AppError } from '#contract/errors.ts';
import type { OutputOf } from '#contract/operation.ts';
import type { Operations } from '#contract/operations/index.ts';
import { call } from '#renderer/client/session.ts';

export type Check =
  | { readonly step: 'asking' }
  | { readonly step: 'failed'; readonly error: AppError }
  | { readonly step: 'answered'; readonly at: number; readonly answer: OutputOf<Operations['credential.check']> };

/** Checks at the vendor, by destination, while the view is open. */
export function useChecks() {
  const [checks, setChecks] = useState<ReadonlyMap<string, Check>>(new Map());
  const set = (id: string, check: Check) => setChecks((before) => new Map(before).set(id, check));
  const check = async (destination: string) => {
    set(destination, { step: 'asking' });
    const answer = await call('credential.check', { destination }, { deadlineMs: 30_000 });
    set(destination, answer.ok ? { step: 'answered', at: Date.now(), answer: answer.value } : { step: 'failed', error: answer.error });
  };
  return { checks, check: (destination: string) => void check(destination) };
}

/** Pure: a check in a line. */
export function checkWords(check: Check): string {
  if (check.step === 'asking') return 'Asking the vendor…';
  if (check.step === 'failed') return `Not checked: ${check.error.message}`;
  const { verdict, detail } = check.answer;
  const said = detail === '' ? '' : `: ${detail}`;
  if (verdict === 'works') return `The vendor accepts it${said}`;
  return verdict === 'refused' ? `The vendor refuses it${said}` : `The vendor gave no verdict${said}`;
}
