import { useCallback, useEffect, useState } from 'react';
import type { DeskOperations } from '#contract/desk/operations.ts';
import type { AppError } from '#contract/errors.ts';
import type { OutputOf } from '#contract/operation.ts';
import { callDesk } from '#renderer/client/session.ts';
import { showToast } from '#renderer/frame/toasts.ts';
import { type Failure, vendorName } from './vendors.ts';

export type VendorCount = OutputOf<DeskOperations['demo.counters']>['vendors'][number];

export interface Drill {
  /** Null until the simulator answered. */
  readonly vendors: readonly VendorCount[] | null;
  readonly error: AppError | null;
  readonly isKilling: boolean;
  dial(vendor: string, failure: Failure): Promise<void>;
  killGateway(): Promise<void>;
}

const everyMs = 1000;

/** Asks the simulator for its own counts once a second while the panel is open. */
export function useDrill(isOpen: boolean): Drill {
  const [vendors, setVendors] = useState<readonly VendorCount[] | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  const [isKilling, setIsKilling] = useState(false);

  const ask = useCallback(async () => {
    const answer = await callDesk('demo.counters', {});
    if (answer.ok) setVendors(answer.value.vendors);
    setError(answer.ok ? null : answer.error);
  }, []);
  useEffect(() => {
    if (!isOpen) return;
    void ask();
    const timer = setInterval(() => {
      if (!document.hidden) void ask();
    }, everyMs);
    return () => clearInterval(timer);
  }, [isOpen, ask]);

  return {
    vendors,
    error,
    isKilling,
    async dial(vendor, failure) {
      const answer = await callDesk('demo.dial', { vendor, failure });
      if (!answer.ok)
        showToast({
          id: `dial ${vendor}`,
          state: 'failing',
          title: `Dialling ${vendorName(vendor)} failed: ${answer.error.message}`,
          body: answer.error.suggestedAction,
        });
      await ask();
    },
    async killGateway() {
      setIsKilling(true);
      const answer = await callDesk('demo.killGateway', {});
      setIsKilling(false);
      if (answer.ok)
        showToast({
          id: 'demo kill',
          title: 'The gateway was killed (SIGKILL)',
          body: 'It starts again by itself. What was parked is still parked, and nothing acknowledged is lost.',
        });
      else
        showToast({
          id: 'demo kill',
          state: 'failing',
          title: `Killing the gateway failed: ${answer.error.message}`,
          body: answer.error.suggestedAction,
        });
    },
  };
}
