import { readFileSync } from 'node:fs';
import { startGateway } from '#tests/support/bench/gateway.ts';
import { runWrk } from '#tests/support/bench/wrk.ts';
import { connectControl } from '#tests/support/gateway/control-client.ts';
const writeKey='bench-write-key';
const config = { sources: [{ id: 'bench', writeKey }], destinations: [{ id: 'vendor', connector: 'webhook', endpoint: 'http://127.0.0.1:9' }] };
const before = '{"type":"track","event":"Order Completed","userId":"user-1","anonymousId":"0b7d9c5e-62d1-4f5e-9a25-5b1f0a3c7d11","messageId":"';
const after = `","timestamp":"2026-01-01T00:00:00.000Z","context":{"consent":{"categoryPreferences":{"Advertising":true,"Analytics":true}},"page":{"path":"/checkout"}},"properties":{"currency":"EUR","total":42.5,"items":[{"sku":"A-1","quantity":2}],"note":"${'please ring twice, '.repeat(6)}"}}`;
const schema = { type: 'object', required: ['currency', 'total', 'items'], properties: { currency: { type: 'string', enum: ['EUR', 'USD', 'GBP'] }, total: { type: 'number', minimum: 0 }, items: { type: 'array', items: { type: 'object', required: ['sku'], properties: { sku: { type: 'string' }, quantity: { type: 'integer', minimum: 1 } } } }, note: { type: 'string', maxLength: 500 } } };
const rules = [ { id: 'cards', match: { by: 'pattern', pattern: 'card' }, action: 'mask', keep: 4 }, { id: 'mail', match: { by: 'pattern', pattern: 'email' }, action: 'mask' }, { id: 'phone', match: { by: 'path', path: '$.properties.customer.phone' }, action: 'hash' } ] as never;
const cpu = (pid: number) => { const f = readFileSync(`/proc/${pid}/stat`,'utf8').split(') ')[1]!.split(' '); return (Number(f[11])+Number(f[12]))*10; };
const program = process.argv[2];
const gws = [];
for (let i=0;i<2;i++) gws.push(await startGateway({ config, args: ['--park','everything'], core: 0, ...(program && i===1 ? { program } : {}) }));
if (!program) { const c = connectControl(gws[0]!.controlUrl, gws[0]!.token);
 await c.call('plan.put', { id: 'shop', value: { name: 'Shop', mode: 'quarantine', events: { 'Order Completed': { schema } } } });
 await c.call('redaction.put', { id: 'pii', value: { name: 'P', rules } });
 await c.call('consent.put', { id: 'vendor', value: { categories: ['Advertising'] } }); await c[Symbol.asyncDispose](); }
const per: number[][] = [[],[]];
for (let r=0;r<7;r++) for (const i of r%2?[1,0]:[0,1]) { const g=gws[i]!; const pid=g.server.pid; const a=cpu(pid);
 const res = await runWrk({ url: `${g.ingestUrl}/v1/track`, seconds: 2, connections: 64, bodyLua: `[[${before}]] .. id() .. [[${after}]]`, headers: { 'content-type': 'application/json', authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}` }, core: 1 });
 const us=(cpu(pid)-a)*1000/res.requests; if (r>0) per[i]!.push(us); }
const med=(v:number[])=>v.sort((a,b)=>a-b)[v.length>>1]!;
console.log(program? 'now/old':'on/off', 'CPU us/event', med(per[0]!).toFixed(2), med(per[1]!).toFixed(2), 'throughput ratio by CPU', (med(per[1]!)/med(per[0]!)).toFixed(3));
for (const g of gws) await g[Symbol.asyncDispose]();
