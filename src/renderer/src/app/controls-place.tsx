import { IconAdjustmentsPause } from '@tabler/icons-react';
import { useReviewBadge } from '#renderer/features/controls/use-review-badge.ts';
import type { View } from '#renderer/frame/view.ts';
import { lazily } from './lazily.ts';
import { type PlaceTab, TabbedPlace } from './tabbed-place.tsx';

const tabs: readonly PlaceTab[] = [
  {
    id: '',
    title: 'Switches',
    note: 'Parking loses nothing and needs one gesture. Opening and dropping ask first.',
    component: lazily(({ Controls }) => Controls),
    actions: lazily(({ SwitchActions }) => SwitchActions),
    keywords: 'kill switch park stop open',
  },
  {
    id: 'flags',
    title: 'Flags',
    note: 'what is on for whom: in your apps, and for destinations',
    component: lazily(({ Flags }) => Flags),
    actions: lazily(({ FlagActions }) => FlagActions),
    keywords: 'feature flag rollout percentage segment kill openfeature ofrep stale',
    keys: 'g x',
  },
  {
    id: 'rollouts',
    title: 'Rollouts',
    note: 'a flag for more and more people, taken back by itself where a guardrail is breached',
    component: lazily(({ Rollouts }) => Rollouts),
    actions: lazily(({ RolloutActions }) => RolloutActions),
    keywords: 'guarded rollout canary step percent guardrail flag revert advance',
    keys: 'g u',
  },
  {
    id: 'changes',
    title: 'Changes',
    note: 'who changed what and why, what will change by itself, and the way back',
    component: lazily(({ Changes }) => Changes),
    actions: lazily(({ ChangesActions }) => ChangesActions),
    keywords: 'history revisions diff revert undo schedule later expire override',
    keys: 'g h',
  },
  {
    id: 'restore-points',
    title: 'Restore points',
    note: 'the whole set-up as it was: compare, bring back, carry to another gateway',
    component: lazily(({ RestorePoints }) => RestorePoints),
    actions: lazily(({ RestorePointActions }) => RestorePointActions),
    keywords: 'undo everything revert snapshot export import set-up staging production compare',
    keys: 'g b',
  },
];

/** How the flow is steered: switches, and whatever else changes what goes where. */
function ControlsPlace() {
  return <TabbedPlace title="Controls" path="/controls" tabs={tabs} />;
}

export const controlsView: View = {
  id: 'controls',
  title: 'Controls',
  icon: IconAdjustmentsPause,
  component: ControlsPlace,
  pages: tabs,
  keys: 'g c',
  hasTimeRange: (segments) => segments[1] === 'rollouts' && segments[2] !== undefined,
  useBadge: useReviewBadge,
};
