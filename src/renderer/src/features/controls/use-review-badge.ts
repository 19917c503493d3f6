import { useDocuments } from '#renderer/client/documents.ts';
import { groupsOf, inForce, isDueForReview } from '#renderer/frame/scopes.ts';
import { useNow } from '#renderer/ui/use-now.ts';

/** How many stops have lasted over four hours without a timer. */
export function useReviewBadge(): number {
  const switches = useDocuments('switch');
  const now = useNow(60_000);
  return inForce(groupsOf({ switches, destinations: [], sources: [] })).filter((row) => isDueForReview(row, now)).length;
}
