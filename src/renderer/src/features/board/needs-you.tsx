import { memo } from 'react';
import { useVerdict } from '#renderer/streams/verdicts.ts';
import { age, toText } from '#renderer/ui/quantity.ts';
import { stateLooks } from '#renderer/ui/state.ts';
import { StatusMark } from '#renderer/ui/status-mark.tsx';
import { absolute } from '#renderer/ui/time.ts';
import { verdictWords } from '#renderer/ui/verdict.tsx';
import classes from './needs-you.module.css';
import { type BoardItem, stateOf } from './order.ts';
import { SwitchButton } from './switch-button.tsx';

const Card = memo(function Card({ item, now }: { readonly item: BoardItem; readonly now: number }) {
  const state = stateOf(item);
  const tick = item.live?.tick;
  const found = useVerdict(item.id);
  const verdict = found?.verdict === 'fine' ? undefined : found;
  return (
    <li className={classes.card} data-hue={stateLooks[state].hue} data-claimed={item.owner !== null || undefined}>
      <button type="button" className={classes.what} data-act="inspect" data-id={item.id}>
        <span className={classes.head}>
          <StatusMark state={state} />
          <span className={classes.name}>{item.name}</span>
        </span>
        <span className={classes.why}>{tick?.why || verdict?.line || stateLooks[state].meaning}</span>
        <span className={classes.owner} title={tick === undefined ? undefined : `Since ${absolute(tick.since)}`}>
          {stateLooks[state].word.toLowerCase()} {tick === undefined ? '' : toText(age(Math.max(0, now - tick.since)))} ·{' '}
          {verdict === undefined ? '' : `${verdictWords[verdict.verdict].word.toLowerCase()} · `}
          {item.owner === null ? 'claimed by nobody' : `with ${item.owner}`}
        </span>
      </button>
      <SwitchButton id={item.id} name={item.name} state={state} isBusy={false} />
    </li>
  );
});

/** What newly fails comes here, at a fixed height, and never moves what is below or beside it. */
export function NeedsYou({ items, now, total }: { readonly items: readonly BoardItem[]; readonly now: number; readonly total: number }) {
  return (
    <section className={classes.strip} aria-label="Needs you">
      <h2 className={classes.title}>
        Needs you
        <span className={classes.count}>{items.length}</span>
      </h2>
      {items.length === 0 ? (
        <p className={classes.calm}>
          {total === 0 ? 'No destinations yet.' : 'Nothing. Every destination is healthy, idle or stopped on purpose.'}
        </p>
      ) : (
        <ul className={classes.cards}>
          {items.map((item) => (
            <Card key={item.id} item={item} now={now} />
          ))}
        </ul>
      )}
    </section>
  );
}
