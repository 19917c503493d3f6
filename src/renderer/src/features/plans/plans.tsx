import { useRoute } from '#renderer/frame/router.ts';
import { PlanList } from './plan-list.tsx';
import { PlanPage } from './plan-page.tsx';

/** Tracking plans: the list, or one of them. */
export function Plans() {
  const id = useRoute((route) => route.segments[2] ?? '');
  return id === '' ? <PlanList /> : <PlanPage key={id} id={id} />;
}
