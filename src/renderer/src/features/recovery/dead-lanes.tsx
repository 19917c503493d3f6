import type { DestinationTick } from '#contract/telemetry/tick.ts';
import { useDestinationName } from '#renderer/client/documents.ts';
import { LiveMark } from '#renderer/streams/live-cells.tsx';
import { Num } from '#renderer/ui/num.tsx';
import { Panel } from '#renderer/ui/panel.tsx';
import { exact } from '#renderer/ui/quantity.ts';
import classes from './recovery.module.css';

type Lane = Pick<DestinationTick, 'id' | 'dead' | 'retrying'>;

/** Every destination with how much it did not take, most first. */
export function DeadLanes({
  lanes,
  current,
  onChoose,
}: {
  readonly lanes: readonly Lane[];
  readonly current: string;
  readonly onChoose: (id: string) => void;
}) {
  const dead = lanes.reduce((sum, lane) => sum + lane.dead, 0);
  return (
    <Panel title="Destinations" note={`${dead.toLocaleString('en-US')} dead`} isFlush>
      <ul className={classes.lanes} aria-label="Dead letters by destination">
        {lanes.map((lane) => (
          <LaneRow key={lane.id} lane={lane} isCurrent={lane.id === current} onChoose={onChoose} />
        ))}
      </ul>
    </Panel>
  );
}

function LaneRow({
  lane,
  isCurrent,
  onChoose,
}: {
  readonly lane: Lane;
  readonly isCurrent: boolean;
  readonly onChoose: (id: string) => void;
}) {
  const name = useDestinationName(lane.id);
  return (
    <li>
      <button type="button" className={classes.lane} aria-pressed={isCurrent} onClick={() => onChoose(lane.id)}>
        <LiveMark id={lane.id} />
        <span className={classes.name} title={name}>
          {name}
        </span>
        <span className={lane.dead === 0 ? classes.quiet : undefined}>
          <Num of={exact(lane.dead)} />
          <span className="visually-hidden"> dead</span>
        </span>
      </button>
    </li>
  );
}
