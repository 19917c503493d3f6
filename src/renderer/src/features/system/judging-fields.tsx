import { Select, TextInput } from '@mantine/core';
import shared from '#renderer/ui/shared.module.css';
import type { DestinationDraft } from './destination-draft.ts';
import classes from './system.module.css';

/** What *us or them* may ask about a vendor: its status page, and how Sluice itself probes it. */
export function JudgingFields({
  draft,
  problems,
  isCheckable,
  onChange,
}: {
  readonly draft: DestinationDraft;
  readonly problems: ReadonlyMap<string, string>;
  /** The connector has a harmless call to ask with. */
  readonly isCheckable: boolean;
  readonly onChange: (values: Partial<DestinationDraft>) => void;
}) {
  return (
    <details className={classes.advanced}>
      <summary>Us or them: status page and probe</summary>
      <div className={shared.two}>
        <TextInput
          label="Status page (optional)"
          description="summary.json of a Statuspage, RSS or Atom; read once a minute"
          placeholder="https://status.vendor.example/api/v2/summary.json"
          value={draft.statusUrl}
          error={problems.get('statusFeed.url')}
          onChange={(event) => onChange({ statusUrl: event.currentTarget.value })}
        />
        <TextInput
          label="Its component (optional)"
          description="as the page names it; empty: the page as a whole"
          placeholder="Ingestion API"
          value={draft.statusComponent}
          error={problems.get('statusFeed.component')}
          onChange={(event) => onChange({ statusComponent: event.currentTarget.value })}
        />
        <Select
          className={classes.wide ?? ''}
          label="Our probe"
          data={[
            { value: 'check', label: isCheckable ? 'Its harmless check call, once a minute' : 'Only whether it can be connected to' },
            ...(isCheckable ? [{ value: 'connect', label: 'Only whether it can be connected to' }] : []),
            { value: 'off', label: 'None' },
          ]}
          value={draft.probe === 'connect' && !isCheckable ? 'check' : draft.probe}
          allowDeselect={false}
          onChange={(value) => onChange({ probe: value === 'connect' || value === 'off' ? value : 'check' })}
        />
      </div>
    </details>
  );
}
