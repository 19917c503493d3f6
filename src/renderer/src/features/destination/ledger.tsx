import type { Ledger, LedgerState } from '#contract/telemetry/ledger.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { Loading } from '#renderer/frame/loading.tsx';
import { href } from '#renderer/frame/router.ts';
import { Num } from '#renderer/ui/num.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { ErrorState } from '#renderer/ui/placeholders.tsx';
import { exact } from '#renderer/ui/quantity.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import classes from './destination.module.css';

/** The states of an event in the order of its life, in words. */
const rows: readonly { readonly state: LedgerState; readonly label: string; readonly hint: string }[] = [
  { state: 'confirmed', label: 'Delivered, confirmed', hint: 'The vendor said that it has them' },
  { state: 'accepted', label: 'Delivered, accepted', hint: 'The vendor took the request and does not say more' },
  { state: 'waiting', label: 'Waiting', hint: 'Not yet sent; parked while the lane is held' },
  { state: 'held', label: 'Held', hint: 'Parked by a switch narrower than the lane' },
  { state: 'retrying', label: 'Retrying', hint: 'Failed in a way that passes; will be sent again' },
  { state: 'dead', label: 'Dead letters', hint: 'The vendor will never take them as they are; kept' },
  { state: 'filtered', label: 'Filtered', hint: 'Not routed here' },
  { state: 'suppressed', label: 'Suppressed', hint: 'Consent or erasure' },
  { state: 'dropped', label: 'Dropped', hint: 'By a drop switch or a discarded backlog' },
  { state: 'diverted', label: 'Diverted', hint: 'Sent elsewhere by a switch' },
  { state: 'expired', label: 'Expired', hint: 'Older than the limits allow' },
];
const always: ReadonlySet<LedgerState> = new Set(['confirmed', 'accepted', 'waiting', 'retrying', 'dead']);

export function useLedger(id: string) {
  const query = useQuery('ledger.read', { destination: id }, { refreshMs: 2000 });
  return { ...query, ledger: query.data?.ledgers.find((each) => each.destination === id) ?? null };
}

/** Whether the ledger adds up, as mark and word. */
export function BalancedBadge({ ledger }: { readonly ledger: Ledger }) {
  return (
    <span className={classes.balanced} data-good={ledger.balanced || undefined}>
      <StatusMark state={ledger.balanced ? 'healthy' : 'failing'} size={10} />
      {ledger.balanced ? 'Balanced' : 'Does not balance'}
    </span>
  );
}

/** Every accepted event is in exactly one of these states. Exact counts, never rounded. */
export function LedgerPanel({ id }: { readonly id: string }) {
  const { ledger, error, isLoading, reload } = useLedger(id);
  return (
    <Panel title="Ledger" actions={ledger === null ? undefined : <BalancedBadge ledger={ledger} />}>
      {ledger === null && isLoading ? <Loading rows={5} label="the ledger" /> : null}
      {ledger === null && error !== null ? <ErrorState error={error} onRetry={reload} /> : null}
      {ledger === null ? null : <LedgerTable ledger={ledger} />}
    </Panel>
  );
}

function LedgerTable({ ledger }: { readonly ledger: Ledger }) {
  const owed = ledger.total + ledger.replayed + ledger.divertedIn;
  const sum = Object.values(ledger.states).reduce((total, count) => total + (count ?? 0), 0);
  return (
    <>
      {ledger.violations.length === 0 ? null : (
        <ul className={classes.violations} role="alert">
          {ledger.violations.map((violation) => (
            <li key={violation}>{violation}</li>
          ))}
        </ul>
      )}
      <table className={classes.ledger}>
        <tbody>
          {rows
            .filter(({ state }) => always.has(state) || (ledger.states[state] ?? 0) > 0)
            .map(({ state, label, hint }) => (
              <tr key={state}>
                <th scope="row" title={hint}>
                  {state === 'dead' && (ledger.states.dead ?? 0) > 0 ? (
                    <a href={href(`/flow/dead-letters/${ledger.destination}`)}>{label}</a>
                  ) : (
                    label
                  )}
                </th>
                <td>
                  <Num of={exact(ledger.states[state] ?? 0)} />
                </td>
              </tr>
            ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Sum of the states</th>
            <td>
              <Num of={exact(sum)} />
            </td>
          </tr>
          <tr>
            <th scope="row" title="Accepted since it was created, plus replayed, plus diverted here">
              Accepted{ledger.replayed > 0 ? ', replayed' : ''}
              {ledger.divertedIn > 0 ? ', diverted here' : ''}
            </th>
            <td>
              <Num of={exact(owed)} />
            </td>
          </tr>
        </tfoot>
      </table>
    </>
  );
}
