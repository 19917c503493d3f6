import { useRoute } from '#renderer/frame/router.ts';
import { RedactionList } from './redaction-list.tsx';
import { RedactionPage } from './redaction-page.tsx';

/** What of an event is never written down, and what of it each destination may get. */
export function Redaction() {
  const id = useRoute((route) => route.segments[2] ?? '');
  return id === '' ? <RedactionList /> : <RedactionPage key={id} id={id} />;
}
