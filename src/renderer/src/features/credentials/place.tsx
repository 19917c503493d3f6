import { IconKey } from '@tabler/icons-react';
import { useQuery } from '#renderer/client/use-query.ts';
import type { View } from '#renderer/frame/view.ts';
import { needsPerson } from './words.ts';

/** Destinations held for want of a working credential. */
function useBadge(): number {
  const { data } = useQuery('credential.list', {}, { refreshMs: 15_000 });
  return data?.credentials.filter(needsPerson).length ?? 0;
}

/** Its place in the rail, without what it draws. */
export const credentialsPlace: Omit<View, 'component'> = { id: 'credentials', title: 'Credentials', icon: IconKey, keys: 'g k', useBadge };
