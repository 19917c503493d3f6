import { startGateway } from '#tests/support/bench/gateway.ts';
import { fillBacklog } from './backlog.ts';
import { fleetConfig, fleetEnv } from './fleet.ts';

await using g = await startGateway({
  config: fleetConfig('http://127.0.0.1:7999', 10),
  env: fleetEnv,
  dataFolder: '/tmp/sl/data1m',
  args: ['--park', 'everything'],
});
await fillBacklog(g.ingestUrl, 1_000_000);
await new Promise((r) => setTimeout(r, 1500));
await g.server.stop('SIGKILL');
process.exit(0);
