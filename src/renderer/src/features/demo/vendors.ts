import type { DeskOperations } from '#contract/desk/operations.ts';
import type { InputOf } from '#contract/operation.ts';

export type Failure = InputOf<DeskOperations['demo.dial']>['failure'];

/** What a simulated vendor can be told to do, in an operator's words. */
export const failures: readonly { readonly value: Failure; readonly label: string }[] = [
  { value: 'ok', label: 'Healthy' },
  { value: 'slow', label: 'Slow' },
  { value: 'hang', label: 'Hangs' },
  { value: '429', label: 'Throttles (429)' },
  { value: '500', label: 'Fails (500)' },
  { value: '401', label: 'Refuses the credential (401)' },
  { value: 'reset', label: 'Resets connections' },
  { value: 'partial', label: 'Refuses some events' },
];

/** How a person knows each simulated vendor. */
const names: Readonly<Record<string, string>> = {
  mixpanel: 'Mixpanel',
  ga4: 'Google Analytics 4',
  meta: 'Meta',
  webhook: 'Warehouse webhook',
};

export function vendorName(vendor: string): string {
  return names[vendor] ?? vendor;
}

export function isFailure(value: string | null): value is Failure {
  return failures.some((failure) => failure.value === value);
}

/** The destination that sends to a simulated vendor: its endpoint ends with the vendor's name. */
export function destinationOf(
  vendor: string,
  destinations: readonly { readonly id: string; readonly value: { readonly endpoint?: string | undefined } | null }[],
): string | null {
  return destinations.find(({ value }) => value?.endpoint?.endsWith(`/${vendor}`))?.id ?? null;
}
