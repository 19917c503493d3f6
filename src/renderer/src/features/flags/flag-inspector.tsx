import { isActive } from '#contract/documents/rollout.ts';
import { useDocuments } from '#renderer/client/documents.ts';
import { Audience } from '#renderer/frame/audience.tsx';
import { DocumentVersions } from '#renderer/frame/document-versions.tsx';
import { flagState, staleWords, typeWords } from '#renderer/frame/flag-words.ts';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { href, navigate, setQuery } from '#renderer/frame/router.ts';
import { Button } from '#renderer/ui/button.tsx';
import { Callout } from '#renderer/ui/callout.tsx';
import { Inspector, InspectorSection } from '#renderer/ui/inspector.tsx';
import { Facts } from '#renderer/ui/panel.tsx';
import { Tag } from '#renderer/ui/tag.tsx';
import { absolute } from '#renderer/ui/time.ts';
import { TimeAgo } from '#renderer/ui/time-ago.tsx';
import classes from './flags.module.css';
import { KillButton } from './kill-button.tsx';
import { TryBox } from './try-box.tsx';
import type { FlagRow } from './use-flags.ts';

/** One flag: who gets what, who hangs on it, what it comes to for somebody, and every version. */
export function FlagInspector({ row }: { readonly row: FlagRow }) {
  const { id, value, use } = row;
  return (
    <Inspector
      title={
        <span className={classes.named}>
          <code className={classes.key}>{id}</code>
          {value.demo ? <Tag look="dashed">demo</Tag> : null}
        </span>
      }
      subject={id}
      onClose={() => setQuery({ inspect: '' })}
    >
      <InspectorSection>
        {flagState(value) === 'killed' ? (
          <Callout state="parked" title="Killed: off for everybody" actions={<KillButton row={row} />}>
            Apps behave as without it, and destinations on it get nothing.
          </Callout>
        ) : null}
        {use?.stale.map((reason) => (
          <Callout key={reason} state="none" title={`Stale: ${staleWords[reason].title}`}>
            {staleWords[reason].meaning}
          </Callout>
        ))}
        {value.description === '' ? null : <p>{value.description}</p>}
        <div className={classes.share}>
          <Audience flag={value} />
        </div>
        <Facts items={factsOf(row)} />
        <div className={classes.acts}>
          {flagState(value) === 'killed' ? null : <KillButton row={row} />}
          <Button size="small" onClick={() => navigate(`/controls/flags/${id}`)}>
            Edit…
          </Button>
          <Button
            size="small"
            onClick={() => {
              requestOverlay({ type: 'schedule', run: { operation: 'flag.set', input: { id, defaultVariant: value.defaultVariant } } });
            }}
          >
            Schedule…
          </Button>
          <RolloutButton id={id} type={value.type} />
        </div>
      </InspectorSection>
      <InspectorSection title="Test box">
        <TryBox id={id} />
      </InspectorSection>
      <InspectorSection>
        <DocumentVersions kind="flag" id={id} name={id} />
      </InspectorSection>
    </Inspector>
  );
}

/** Starts a guarded rollout of the flag, or goes to the one that drives it. */
function RolloutButton({ id, type }: { readonly id: string; readonly type: FlagRow['value']['type'] }) {
  const driving = useDocuments('rollout').find(({ value }) => value !== null && value.flag === id && isActive(value));
  if (driving !== undefined) {
    return (
      <Button size="small" onClick={() => navigate(`/controls/rollouts/${driving.id}`)}>
        Go to its rollout
      </Button>
    );
  }
  return type === 'kill' ? null : (
    <Button size="small" onClick={() => navigate('/controls/rollouts', { query: { start: id } })}>
      Roll out…
    </Button>
  );
}

function factsOf({ value, at, by, use, destinations }: FlagRow) {
  const { type, owner, exposed, staleAt } = value;
  return [
    { label: 'Type', value: `${typeWords[type].title}: ${typeWords[type].meaning}` },
    { label: 'Apps', value: exposed ? 'can ask for it' : 'never see it; the gateway alone does' },
    {
      label: 'Destinations on it',
      value:
        destinations.length === 0
          ? 'none'
          : destinations.map((each) => (
              <a key={each.id} className={classes.user} href={href(`/destinations/${each.id}`)}>
                {each.name}
              </a>
            )),
    },
    {
      label: 'Last asked for',
      value: use === null ? '–' : use.evaluatedAt === null ? 'never seen' : <TimeAgo at={use.evaluatedAt} />,
    },
    {
      label: 'Changed',
      value: (
        <>
          <TimeAgo at={at} /> by {by}
        </>
      ),
    },
    { label: 'Owner', value: owner ?? 'nobody' },
    ...(staleAt === null ? [] : [{ label: 'To be taken out', value: absolute(staleAt) }]),
  ];
}
