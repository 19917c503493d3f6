import { NativeSelect } from '@mantine/core';
import { IconFlask, IconSkull, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useDocuments } from '#renderer/client/documents.ts';
import { useDesk } from '#renderer/client/session.ts';
import { useQuery } from '#renderer/client/use-query.ts';
import { closeOverlay, requestOverlay, requestStore } from '#renderer/frame/overlays.ts';
import { registerPalette } from '#renderer/frame/palette.ts';
import { usePreference } from '#renderer/frame/preferences.ts';
import { Button, IconButton } from '#renderer/ui/button.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { ErrorState, Skeleton } from '#renderer/ui/placeholders.tsx';
import { exact } from '#renderer/ui/quantity.ts';
import { type Column, Table } from '#renderer/ui/table.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import classes from './drill-panel.module.css';
import { type Drill, useDrill, type VendorCount } from './use-drill.ts';
import { destinationOf, failures, isFailure, vendorName } from './vendors.ts';

/** Events that the gateway says it delivered, by destination. */
function useDelivered(isOpen: boolean): ReadonlyMap<string, number> {
  const ledger = useQuery('ledger.read', isOpen ? {} : null, { refreshMs: 1000 });
  return new Map(
    ledger.data?.ledgers.map(({ destination, states }) => [destination, (states.confirmed ?? 0) + (states.accepted ?? 0)]) ?? [],
  );
}

/**
 * The demo's drills: breaks a simulated vendor, kills the gateway, and shows what the vendors counted themselves
 * beside what the gateway says. Not modal, so that the board stays in sight.
 */
export function DrillPanel() {
  const hasDemo = useDesk((state) => state.link.capabilities.includes('demo'));
  const [isOpen, setIsOpen] = useState(false);
  const isRailNarrow = usePreference('isRailNarrow');
  const request = useStore(requestStore, (state) => state.request);
  useEffect(() => {
    if (request?.type !== 'demo') return;
    closeOverlay();
    setIsOpen(true);
  }, [request]);
  useEffect(() => {
    if (!hasDemo) return;
    return registerPalette(() => [
      {
        id: 'demo',
        group: 'Acts',
        title: 'Demo drills',
        keywords: 'simulator break vendor kill gateway',
        icon: <IconFlask size={16} />,
        run: () => requestOverlay({ type: 'demo' }),
      },
    ]);
  }, [hasDemo]);
  if (!hasDemo) return null;
  if (!isOpen) {
    return (
      <Button
        className={classes.door ?? ''}
        icon={<IconFlask size={14} />}
        data-narrow={isRailNarrow || undefined}
        aria-label="Demo drills"
        title="Demo drills"
        onClick={() => setIsOpen(true)}
      >
        {isRailNarrow ? undefined : 'Demo drills'}
      </Button>
    );
  }
  return <OpenPanel onClose={() => setIsOpen(false)} />;
}

function OpenPanel({ onClose }: { readonly onClose: () => void }) {
  const drill = useDrill(true);
  return (
    <section
      className={classes.panel}
      aria-label="Demo drills"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header className={classes.head}>
        <IconFlask size={16} aria-hidden="true" />
        <h2 className={classes.title}>Drills</h2>
        <Tag look="dashed">demo</Tag>
        <span className={classes.note}>Simulated vendors, real gateway. Break one and watch its neighbours.</span>
        <IconButton size="small" label="Close the drills" icon={<IconX size={16} />} onClick={onClose} />
      </header>
      {drill.vendors === null ? (
        drill.error === null ? (
          <Skeleton rows={4} label="Asking the simulator" />
        ) : (
          <ErrorState error={drill.error} />
        )
      ) : (
        <Vendors drill={drill} vendors={drill.vendors} />
      )}
      <footer className={classes.foot}>
        <span className={classes.note}>The gateway restarts by itself; what was parked stays parked.</span>
        <Button size="small" look="grave" icon={<IconSkull size={14} />} isBusy={drill.isKilling} onClick={() => void drill.killGateway()}>
          Kill the gateway
        </Button>
      </footer>
    </section>
  );
}

function Vendors({ drill, vendors }: { readonly drill: Drill; readonly vendors: readonly VendorCount[] }) {
  const destinations = useDocuments('destination');
  const delivered = useDelivered(true);
  const columns: readonly Column<VendorCount>[] = [
    { id: 'vendor', title: 'Vendor', cell: ({ vendor }) => <strong>{vendorName(vendor)}</strong> },
    { id: 'dial', title: 'It', width: '190px', cell: (row) => <Dial row={row} onDial={drill.dial} /> },
    {
      id: 'stored',
      title: 'It says it has',
      align: 'end',
      cell: ({ unique }) => <Num of={exact(unique)} title="Different events, counted by the simulator itself" />,
    },
    {
      id: 'gateway',
      title: 'Gateway delivered',
      align: 'end',
      cell: ({ vendor }) => (
        <Num of={exact(delivered.get(destinationOf(vendor, destinations) ?? '') ?? null)} title="Confirmed and accepted, from the ledger" />
      ),
    },
    {
      id: 'twice',
      title: 'Twice',
      align: 'end',
      cell: ({ stored, unique }) => <Num of={exact(stored - unique)} title="Stored again under the same key" />,
    },
  ];
  return <Table label="Simulated vendors" columns={columns} rows={vendors} rowKey={({ vendor }) => vendor} isDense />;
}

function Dial({ row, onDial }: { readonly row: VendorCount; readonly onDial: Drill['dial'] }) {
  const value = isFailure(row.failure) ? row.failure : 'ok';
  return (
    <NativeSelect
      size="xs"
      aria-label={`What ${vendorName(row.vendor)} does`}
      data={failures.map(({ value: failure, label }) => ({ value: failure, label }))}
      value={value}
      onChange={(event) => {
        const next = event.currentTarget.value;
        if (isFailure(next)) void onDial(row.vendor, next);
      }}
    />
  );
}
