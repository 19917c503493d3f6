import { useRoute } from '#renderer/frame/router.ts';
import { FlagList } from './flag-list.tsx';
import { FlagPage } from './flag-page.tsx';

/** What apps ask the gateway for, and what destinations' rollouts hang on. */
export function Flags() {
  const id = useRoute((route) => route.segments[2] ?? '');
  return id === '' ? <FlagList /> : <FlagPage key={id} id={id} />;
}
