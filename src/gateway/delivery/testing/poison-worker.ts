/** A worker whose connector cannot bear certain events, for tests of what is encoded apart. */
import { createRegistry } from '#gateway/connectors/registry.ts';
import { serveEncoding } from '../encode-apart.ts';
import { poisonous } from './poison.ts';

const registry = createRegistry();
serveEncoding((id) => {
  const connector = registry.get(id);
  return connector && poisonous(connector, { exits: () => process.exit(7) });
});
