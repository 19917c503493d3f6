import { describe, expect, it } from 'vitest';
import { plant } from './planted.ts';

/** One violation of each rule: the file, its import, and how the message starts. */
const violations: readonly (readonly [file: string, imports: string, message: string])[] = [
  ['src/contract/a.ts', 'node:fs', 'contract runs anywhere'],
  ['src/contract/b.ts', 'zod', 'contract runs anywhere'],
  ['src/contract/c.ts', '#gateway/x.ts', 'contract runs anywhere'],
  ['src/contract/documents/d.ts', '../../gateway/x.ts', 'contract imports no other room'],
  ['src/gateway/server/a.ts', '#main/x.ts', 'gateway imports contract and itself'],
  ['src/gateway/server/b.ts', '../../main/x.ts', 'gateway imports contract and itself'],
  ['src/gateway/server/c.ts', '#tests/support/x.ts', 'gateway imports contract and itself'],
  ['src/gateway/server/d.ts', 'electron', 'electron is imported only by'],
  ['src/gateway/server/e.ts', 'keytar', 'keytar is imported only by'],
  ['src/gateway/pipeline/a.ts', 'node:fs', 'This folder is pure'],
  ['src/gateway/pipeline/b.ts', 'undici', 'This folder is pure'],
  ['src/gateway/pipeline/c.ts', '../log/event-log.ts', 'pipeline is pure'],
  ['src/gateway/connectors/ga4/a.ts', '#gateway/log/event-log.ts', 'A connector knows neither log nor lanes'],
  ['src/gateway/connectors/ga4/b.ts', '../../delivery/lane.ts', 'A connector knows neither log nor lanes'],
  ['src/gateway/connectors/ga4/c.ts', 'node:http', 'This folder is pure'],
  ['src/gateway/delivery/a.ts', '#gateway/connectors/ga4/ga4.ts', 'delivery reaches a connector through the registry'],
  ['src/gateway/delivery/b.ts', '../connectors/ga4/ga4.ts', 'delivery reaches a connector through the registry'],
  ['src/main/desk/a.ts', '#gateway/index.ts', 'main imports contract and itself'],
  ['src/main/desk/b.ts', '../../renderer/src/x.ts', 'main imports contract and itself'],
  ['src/main/desk/c.ts', 'electron', 'electron is imported only by'],
  ['src/main/hosts/browser/a.ts', 'electron', 'electron is imported only by'],
  ['src/main/hosts/electron/b.ts', 'keytar', 'keytar is imported only by'],
  ['src/main/keychain/a.ts', 'electron', 'electron is imported only by'],
  ['src/preload/a.ts', 'node:fs', 'The preload is sandboxed'],
  ['src/preload/b.ts', '../main/x.ts', 'preload imports contract and itself'],
  ['src/cli/a.ts', '#gateway/x.ts', 'cli imports contract and itself'],
  ['src/cli/b.ts', '../main/x.ts', 'cli imports contract and itself'],
  ['src/renderer/src/client/a.ts', '#gateway/x.ts', 'renderer imports contract and itself'],
  ['src/renderer/src/client/b.ts', 'node:fs/promises', 'renderer imports contract and itself'],
  ['src/renderer/src/client/c.ts', '../../../main/x.ts', 'renderer imports contract and itself'],
  ['src/renderer/src/client/d.ts', 'electron', 'electron is imported only by'],
  ['src/renderer/src/features/now/a.tsx', '#renderer/features/flow/x.ts', 'A feature never imports another feature'],
  ['src/renderer/src/features/now/b.tsx', '../flow/x.ts', 'A feature never imports another feature'],
  ['src/renderer/src/features/now/parts/c.tsx', '../../flow/x.ts', 'A feature never imports another feature'],
  ['src/renderer/src/ui/a.tsx', 'zustand', 'ui knows no store'],
  ['src/renderer/src/ui/b.tsx', '../streams/x.ts', 'ui knows no store'],
  ['src/renderer/src/ui/charts/c.tsx', '#renderer/features/now/x.ts', 'ui knows no store'],
];

/** What must stay possible, so that a rule that forbids everything would be seen too. */
const allowed: readonly (readonly [file: string, imports: string])[] = [
  ['src/contract/zod.ts', 'zod'],
  ['src/contract/documents/ok.ts', '../zod.ts'],
  ['src/gateway/server/ok.ts', 'node:fs'],
  ['src/gateway/pipeline/ok.ts', '#contract/x.ts'],
  ['src/gateway/pipeline/ok2.ts', 'node:crypto'],
  ['src/gateway/connectors/ga4/ok.ts', '#gateway/pipeline/event.ts'],
  ['src/gateway/connectors/ga4/ok2.ts', '../connector.ts'],
  ['src/gateway/delivery/ok.ts', '#gateway/connectors/registry.ts'],
  ['src/gateway/delivery/ok2.ts', '#gateway/connectors/connector.ts'],
  ['src/main/index.ts', 'electron'],
  ['src/main/hosts/electron/ok.ts', 'electron'],
  ['src/main/keychain/ok.ts', 'keytar'],
  ['src/preload/ok.ts', 'electron'],
  ['src/preload/ok2.ts', '#contract/x.ts'],
  ['src/renderer/src/features/now/ok.tsx', '#renderer/ui/x.tsx'],
  ['src/renderer/src/features/now/parts/ok2.tsx', '../x.ts'],
  ['src/renderer/src/ui/ok.tsx', 'recharts'],
  ['src/gateway/server/ok.test.ts', '#tests/support/x.ts'],
];

const importing = (from: string) => `import { x } from '${from}';\nexport const y = x;\n`;

describe('the import rules', () => {
  it('catch each planted violation, and nothing that is allowed', () => {
    using planted = plant(Object.fromEntries([...violations, ...allowed].map(([file, from]) => [file, importing(from)])));
    const found = planted.lint();
    const missed = violations.filter(([file, , message]) => !found.some((finding) => finding.startsWith(`${file}: ${message}`)));
    const wrong = allowed.filter(([file]) => found.some((finding) => finding.startsWith(`${file}:`)));
    expect({ missed, wrong }).toEqual({ missed: [], wrong: [] });
  });

  it('catch dynamic imports and re-exports too', () => {
    using planted = plant({
      'src/gateway/server/a.ts': `export const x = await import('#main/x.ts');\n`,
      'src/gateway/server/b.ts': `export { x } from '#main/x.ts';\n`,
      'src/gateway/server/c.ts': `import type { X } from '#main/x.ts';\nexport type Y = X;\n`,
    });
    expect(planted.lint().filter((finding) => finding.includes('gateway imports contract and itself'))).toHaveLength(3);
  });

  it('catch a cycle', () => {
    using planted = plant({
      'src/contract/a.ts': `import { b } from './b.ts';\nexport const a = () => b;\n`,
      'src/contract/b.ts': `import { a } from './a.ts';\nexport const b = () => a;\n`,
    });
    expect(planted.lint().join('\n')).toMatch(/cycle/i);
  });

  it('hold in the compiler as well: a room knows only the rooms it references', () => {
    using planted = plant({
      'src/contract/a.ts': `import { x } from '../gateway/x.ts';\nexport const y = x;\n`,
      'src/contract/fs.ts': `import { readFileSync } from 'node:fs';\nexport const y = readFileSync;\n`,
      'src/gateway/x.ts': `export const x = 1;\n`,
    });
    const output = planted.compile('contract');
    expect(output).toContain('error TS6307');
    expect(output).toMatch(/fs\.ts.*error TS(2591|2307)/);
  });

  it('give no page the names of Node', () => {
    using planted = plant({
      'src/contract/ok.ts': `export const ok = 1;\n`,
      'src/renderer/src/a.ts': `export const y = process.env;\n`,
    });
    expect(planted.compile('renderer')).toMatch(/a\.ts.*process/);
  });
});
