import { NumberInput, Select } from '@mantine/core';
import type { Destination } from '#contract/documents/destination.ts';
import { timeUnits } from '#renderer/ui/scaled.ts';
import { ScaledInput } from '#renderer/ui/scaled-input.tsx';
import shared from '#renderer/ui/shared.module.css';
import classes from '../edit-dialog.module.css';
import { EditDialog } from '../edit-dialog.tsx';

const dayMs = 86_400_000;
type Delivery = Destination['delivery'];

/** A number that may be left out. */
function orNone(value: number | string): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** How fast a destination may be driven, and when its breaker opens. */
export function PaceDialog({ id, before, onClose }: { readonly id: string; readonly before: Destination; readonly onClose: () => void }) {
  return (
    <EditDialog id={id} before={before} title={`Pace and breaker of ${before.name}`} onClose={onClose}>
      {({ draft: { delivery }, problems, onChange }) => {
        const drive = (values: Partial<Delivery>) => onChange({ delivery: { ...delivery, ...values } });
        const judge = (values: Partial<Delivery['breaker']>) => drive({ breaker: { ...delivery.breaker, ...values } });
        const part = { delivery, problems, drive, judge };
        return (
          <>
            <PaceFields {...part} />
            <h3 className={classes.title}>Breaker</h3>
            <BreakerFields {...part} />
          </>
        );
      }}
    </EditDialog>
  );
}

interface Part {
  readonly delivery: Delivery;
  readonly problems: ReadonlyMap<string, string>;
  readonly drive: (values: Partial<Delivery>) => void;
  readonly judge: (values: Partial<Delivery['breaker']>) => void;
}

function PaceFields({ delivery, problems, drive }: Part) {
  return (
    <div className={shared.two}>
      <NumberInput
        label="Events a second, at most"
        description="empty: what the connector knows of its vendor; it adapts below it"
        value={delivery.ratePerSecond ?? ''}
        min={0}
        hideControls
        data-autofocus
        error={problems.get('delivery.ratePerSecond')}
        onChange={(value) => drive({ ratePerSecond: orNone(value) })}
      />
      <Percent
        label="Resends, at most"
        description="of what is sent for the first time"
        value={delivery.retryShare}
        error={problems.get('delivery.retryShare')}
        onChange={(retryShare) => drive({ retryShare })}
      />
      <Select
        label="Order"
        description="strict order costs throughput"
        data={[
          { value: 'none', label: 'Any: what is ready goes' },
          { value: 'user', label: 'Strict for each user' },
        ]}
        value={delivery.order}
        allowDeselect={false}
        onChange={(value) => drive({ order: value === 'user' ? 'user' : 'none' })}
      />
      <Select
        label="Too old to send"
        description="the vendor’s own limit holds besides"
        data={[
          { value: 'vendor', label: 'As the vendor says' },
          { value: 'own', label: 'After a time of its own' },
        ]}
        value={delivery.maxAgeMs === undefined ? 'vendor' : 'own'}
        allowDeselect={false}
        onChange={(value) => drive({ maxAgeMs: value === 'own' ? dayMs : undefined })}
      />
      {delivery.maxAgeMs === undefined ? null : (
        <ScaledInput
          label="Expires after"
          units={timeUnits}
          value={delivery.maxAgeMs}
          error={problems.get('delivery.maxAgeMs')}
          onChange={(maxAgeMs) => drive({ maxAgeMs })}
        />
      )}
    </div>
  );
}

function BreakerFields({ delivery: { breaker, timeoutMs }, problems, judge }: Part) {
  return (
    <div className={shared.two}>
      <Percent
        label="Opens at failed calls"
        value={breaker.failureShare}
        error={problems.get('delivery.breaker.failureShare')}
        onChange={(failureShare) => judge({ failureShare })}
      />
      <Percent
        label="Opens at slow calls"
        value={breaker.slowShare}
        error={problems.get('delivery.breaker.slowShare')}
        onChange={(slowShare) => judge({ slowShare })}
      />
      <ScaledInput
        label="Slow is longer than"
        units={timeUnits}
        value={breaker.slowMs ?? timeoutMs * 0.8}
        error={problems.get('delivery.breaker.slowMs')}
        onChange={(slowMs) => judge({ slowMs })}
      />
      <NumberInput
        label="Calls before it judges"
        value={breaker.minCalls}
        min={1}
        hideControls
        error={problems.get('delivery.breaker.minCalls')}
        onChange={(value) => judge({ minCalls: orNone(value) ?? breaker.minCalls })}
      />
      <ScaledInput
        label="Probes after"
        description="doubles with each failed probe"
        units={timeUnits}
        value={breaker.openMs}
        error={problems.get('delivery.breaker.openMs')}
        onChange={(openMs) => judge({ openMs })}
      />
    </div>
  );
}

/** A share 0..1, typed as per cent. */
function Percent({
  label,
  description,
  value,
  error,
  onChange,
}: {
  readonly label: string;
  readonly description?: string;
  readonly value: number;
  readonly error?: string | undefined;
  readonly onChange: (share: number) => void;
}) {
  return (
    <NumberInput
      label={label}
      {...(description === undefined ? {} : { description })}
      suffix=" %"
      value={Math.round(value * 10_000) / 100}
      min={0}
      max={100}
      hideControls
      error={error}
      onChange={(next) => {
        if (typeof next === 'number') onChange(next / 100);
      }}
    />
  );
}
