import { IconKeyboard, IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react';
import { requestOverlay } from '#renderer/frame/overlays.ts';
import { setPreferences, usePreference } from '#renderer/frame/preferences.ts';
import { href, useRoute } from '#renderer/frame/router.ts';
import type { View } from '#renderer/frame/view.ts';
import { IconButton } from '#renderer/ui/button.tsx';
import { Keys } from '#renderer/ui/keys.tsx';
import { Badge } from '#renderer/ui/tag.tsx';
import { Logo } from './logo.tsx';
import classes from './rail.module.css';
import { views } from './views.ts';

const noBadge = () => 0;

function RailItem({ view, isHere, isNarrow }: { readonly view: View; readonly isHere: boolean; readonly isNarrow: boolean }) {
  const useBadge = view.useBadge ?? noBadge;
  const count = useBadge();
  // The environment is part of every link.
  useRoute((route) => route.environment);
  return (
    <li>
      <a
        className={classes.item}
        href={href(`/${view.id}`)}
        aria-current={isHere ? 'page' : undefined}
        title={isNarrow ? view.title : undefined}
      >
        <view.icon size={18} stroke={1.6} />
        <span className={classes.name}>{view.title}</span>
        <span className={classes.end}>
          {count > 0 ? (
            <Badge count={count} label={count === 1 ? 'thing needs a person' : 'things need a person'} />
          ) : (
            <span className={classes.keys}>
              <Keys keys={view.keys} />
            </span>
          )}
        </span>
      </a>
    </li>
  );
}

/** The places of the console. A badge only for what needs a person. */
export function Rail({ here }: { readonly here: string }) {
  const isNarrow = usePreference('isRailNarrow');
  return (
    <nav className={classes.rail} data-narrow={isNarrow || undefined} aria-label="Places">
      <div className={classes.brand}>
        <Logo />
        <span className={classes.name}>Sluice</span>
      </div>
      <ul className={classes.items}>
        {views.map((view) => (
          <RailItem key={view.id} view={view} isHere={view.id === here} isNarrow={isNarrow} />
        ))}
      </ul>
      <div className={classes.foot}>
        <IconButton
          label={isNarrow ? 'Widen the rail' : 'Narrow the rail'}
          aria-expanded={!isNarrow}
          icon={
            isNarrow ? <IconLayoutSidebarLeftExpand size={18} stroke={1.6} /> : <IconLayoutSidebarLeftCollapse size={18} stroke={1.6} />
          }
          onClick={() => setPreferences({ isRailNarrow: !isNarrow })}
        />
        <IconButton label="Keys (?)" icon={<IconKeyboard size={18} stroke={1.6} />} onClick={() => requestOverlay({ type: 'keys' })} />
      </div>
    </nav>
  );
}
