import { IconKey } from '@tabler/icons-react';
import { useQuery } from '#renderer/client/use-query.ts';
import type { View } from '#renderer/frame/view.ts';
import { Credentials } from './credentials.tsx';
import { needsPerson } from './words.ts';

/** Destinations held for want of a working credential. */
function useBadge(): number {
  const { data } = useQuery('credential.list', {}, { refreshMs: 15_000 });
  return data?.credentials.filter(needsPerson).length ?? 0;
}

export const credentialsView: View = {
  id: 'credentials',
  title: 'Credentials',
  icon: IconKey,
  component: Credentials,
  keys: 'g k',
  useBadge,
};
