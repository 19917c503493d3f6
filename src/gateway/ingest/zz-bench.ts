import { accept } from './accept.ts';
import { compileMapping } from './mapping.ts';
import { createTreatment } from './treatment.ts';
import { compilePlan } from '#gateway/pipeline/plan.ts';
import { compileRedaction } from '#gateway/pipeline/redact.ts';
import { createSchemaCompiler } from '#gateway/pipeline/schema-compiler.ts';
import { planSchema } from '#contract/documents/plan.ts';
import { redactionSchema } from '#contract/documents/redaction.ts';
import { openPeople } from '#gateway/people/people.ts';
import { mkdtempSync } from 'node:fs';
const schema = { type: 'object', required: ['currency', 'total', 'items'], properties: { currency: { type: 'string', enum: ['EUR', 'USD', 'GBP'] }, total: { type: 'number', minimum: 0 }, items: { type: 'array', items: { type: 'object', required: ['sku'], properties: { sku: { type: 'string' }, quantity: { type: 'integer', minimum: 1 } } } }, note: { type: 'string', maxLength: 500 } } };
const rules = [ { id: 'cards', match: { by: 'pattern', pattern: 'card' }, action: 'mask', keep: 4 }, { id: 'mail', match: { by: 'pattern', pattern: 'email' }, action: 'mask' }, { id: 'phone', match: { by: 'path', path: '$.properties.customer.phone' }, action: 'hash' } ];
const o = openPeople(mkdtempSync('/tmp/zz-')+'/people.db'); if (!o.ok) throw 1; const people = o.value;
const plan = compilePlan({ id: 'web', revision: 2, value: planSchema.parse({ name: 'Web', mode:'quarantine', events: { 'Order Completed': { schema } } }) }, createSchemaCompiler());
const redactor = compileRedaction([{ id: 'pii', value: redactionSchema.parse({ name: 'P', rules }) }], people.hash);
const book = { record() {} };
const ppl = { suppressionOf: (ids: readonly string[]) => { for (const id of ids) { const s = people.of(id).suppressed; if (s) return s.kind; } return null; }, learn: people.choose };
const before = '{"type":"track","event":"Order Completed","userId":"user-1","anonymousId":"0b7d9c5e-62d1-4f5e-9a25-5b1f0a3c7d11","messageId":"';
const after = `","timestamp":"2026-01-01T00:00:00.000Z","context":{"consent":{"categoryPreferences":{"Advertising":true,"Analytics":true}},"page":{"path":"/checkout"}},"properties":{"currency":"EUR","total":42.5,"items":[{"sku":"A-1","quantity":2}],"note":"${'please ring twice, '.repeat(6)}"}}`;
const bodies = Array.from({length:1000},(_, i)=>Buffer.from(before+'aaaaaaaaaaaaaaa'+i+after));
const src = (treatment: ReturnType<typeof createTreatment>) => ({ id: 'web', enabled: true, mapping: compileMapping(undefined), treatment });
const make = (p: object) => src(createTreatment({ source: 'web', redactor: null, plan: null, people: null, violations: book, ...p }));
const cases = { off: make({}), plan: make({plan}), redact: make({redactor}), people: make({people: ppl}), all: make({plan, redactor, people: ppl}) };
const N=60000;
for (let r=0;r<4;r++) for (const [name, source] of Object.entries(cases)) {
  const context = { source, receivedAt: 1767225600000, route: () => 0, newMessageId: () => 'x' };
  const c = process.cpuUsage(); 
  for (let i=0;i<N;i++) { const b = bodies[i%1000]!; accept(b, JSON.parse(b.toString('utf8')), 'track', context); }
  const d = process.cpuUsage(c);
  if (r>1) console.log(name, ((d.user+d.system)*1000/N).toFixed(0),'ns/event');
}
await people.close();
