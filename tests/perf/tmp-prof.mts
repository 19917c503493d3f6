import { startServer } from '../support/bench/server.ts';
import { runWrk } from '../support/bench/wrk.ts';
import { eventAround } from './ingest-load.ts';
import { mkdtempSync, writeFileSync, rmSync } from 'node:fs';
const { before, after } = eventAround(500);
const d = mkdtempSync('/tmp/prof/d');
writeFileSync(d + '/c.yaml', JSON.stringify({ sources: [{ id: 'bench', writeKey: 'bench-write-key' }], destinations: [{ id: 'vendor', connector: 'webhook', endpoint: 'http://127.0.0.1:9' }] }));
const mode = process.argv[2];
{
  await using s = await startServer({ core: 0, env: { SLUICE_TOKEN: 'a'.repeat(32) }, args: ['--cpu-prof', '--cpu-prof-dir=/tmp/prof/out', 'src/gateway/index.ts', '--data', d + '/data', '--config', d + '/c.yaml', '--ingest-port', '0', '--control-port', '0', '--park', 'everything'] });
  const url = String(s.ready.ingest) + (mode === 'batch' ? '/v1/batch' : '/v1/track');
  console.log(await runWrk({ url, seconds: 5, core: 1, headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from('bench-write-key:').toString('base64')}` }, bodyLua: mode === 'batch' ? `[[{"batch":[]] .. ids(100, [[${before}]], [[${after}]], ",") .. [[]}]]` : `[[${before}]] .. id() .. [[${after}]]` }));
}
rmSync(d, { recursive: true });
