import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRegistry } from '#gateway/connectors/registry.ts';
import { parseConfig } from './config.ts';
import { unwrap } from './testing/control-room.ts';

const connectors = createRegistry();
const env = { HOOK_SECRET: 'whsec_from-the-environment', MIX_USER: 'user', MIX_SECRET: 'pass', EMPTY: '' };
const parse = (text: string, sourceIds: readonly string[] = []) => parseConfig(text, { env, connectors, sourceIds });

/** `line path: message` of every mistake. */
function mistakesOf(text: string): readonly string[] {
  const result = parse(text);
  if (result.ok) return [];
  expect(result.error.code).toBe('CONFIG_INVALID');
  const mistakes = result.error.details?.mistakes;
  if (!Array.isArray(mistakes)) throw new Error('mistakes are listed');
  return mistakes.map((mistake: { line: number; path: string; message: string }) => `${mistake.line} ${mistake.path}: ${mistake.message}`);
}

const good = `
environment: staging
settings:
  retentionMs: 86400000
sources:
  - id: web
    writeKey: key-web
    plan: gold
  - { id: shop, writeKey: key-shop, kind: json, name: The shop, mapping: { event: /type } }
destinations:
  - id: hook
    connector: webhook
    endpoint: https://hooks.example/in
    credential: { env: HOOK_SECRET }
    sources: [web]
    delivery: { concurrency: 4 }
    tags: [eu]
  - id: mix
    connector: mixpanel
    settings: { projectId: "1234" }
    credential:
      env: { username: MIX_USER, secret: MIX_SECRET }
`;

describe('a configuration file', () => {
  it('declares settings, sources, destinations and where their secrets are', () => {
    const config = unwrap(parse(good));
    expect(config.settings).toMatchObject({ environment: 'staging', retentionMs: 86_400_000, drainDeadlineMs: 10_000 });
    expect(config.sources).toMatchObject([
      { id: 'web', value: { name: 'web', writeKey: 'key-web', plan: 'gold', kind: 'segment', enabled: true } },
      { id: 'shop', value: { name: 'The shop', kind: 'json', mapping: { event: '/type', userId: '/userId' } } },
    ]);
    expect(config.destinations).toMatchObject([
      {
        id: 'hook',
        value: { name: 'hook', connector: 'webhook', sources: ['web'], tags: ['eu'], delivery: { concurrency: 4, batchSize: 100 } },
      },
      { id: 'mix', value: { connector: 'mixpanel', settings: { projectId: '1234' } } },
    ]);
    expect(
      config.credentials.map(({ destination, fields }) => [
        destination,
        ...[...fields].map(([name, field]) => `${name}=${field.reveal()}`),
      ]),
    ).toEqual([
      ['hook', 'secret=whsec_from-the-environment'],
      ['mix', 'username=user', 'secret=pass'],
    ]);
    expect(JSON.stringify(config)).not.toContain('whsec_from');
  });

  it('may be empty, or have empty parts', () => {
    const nothing = { settings: null, sources: [], destinations: [], credentials: [] };
    expect(unwrap(parse(''))).toEqual(nothing);
    expect(unwrap(parse('# nothing yet\n'))).toEqual(nothing);
    expect(unwrap(parse('sources:\ndestinations:\n'))).toEqual(nothing);
  });

  it('has all its mistakes named at once, each with its line', () => {
    const text = `environment: stagging
sorces: []
sources:
  - id: Web
    writeKey: key-web
  - id: app
    writeKey: key-app
    writekey: x
  - id: app
    writeKey: key-app
destinations:
  - id: hook
    conector: webhook
  - id: mail
    connector: webhok
    sources: [app, apps, 7]
  - id: hook
    connector: webhook
    delivery:
      concurency: 4
      timeoutMs: fast
    credential: { env: NOT_SET }
  - id: ga
    connector: ga4
    endpoint: not a url
    settings: { measurement: G-1 }
    credential: { env: EMPTY }
    hold: { onLimit: explode }
`;
    expect(mistakesOf(text)).toEqual([
      '1 environment: invalid option: expected one of "embedded"|"staging"|"production"',
      '2 sorces: unknown key; did you mean sources?',
      '4 sources[0].id: use lower-case letters, digits and dashes, at most 63',
      '8 sources[1].writekey: unknown key; did you mean writeKey?',
      '9 sources[2].id: there is already one with the id app',
      '12 destinations[0].connector: is missing',
      '13 destinations[0].conector: unknown key; did you mean connector?',
      '15 destinations[1].connector: there is no such connector; did you mean webhook?',
      '16 destinations[1].sources[2]: must be text',
      '16 destinations[1].sources[1]: there is no source apps; did you mean app?',
      '17 destinations[2].endpoint: is required: this connector has no address of its own',
      '17 destinations[2].id: there is already one with the id hook',
      '20 destinations[2].delivery.concurency: unknown key; did you mean concurrency?',
      '21 destinations[2].delivery.timeoutMs: must be a number',
      '22 destinations[2].credential.env: the environment variable NOT_SET is not set',
      expect.stringMatching(/^25 destinations\[3\]\.endpoint: /),
      expect.stringMatching(/^26 destinations\[3\]\.settings/),
      expect.stringMatching(/^26 destinations\[3\]\.settings/),
      '27 destinations[3].credential.env: the environment variable EMPTY is not set',
      expect.stringMatching(/^28 destinations\[3\]\.hold\.onLimit: invalid option/),
    ]);
  });

  it('names write keys used twice, credentials that do not fit, and addresses that hold a secret', () => {
    const text = `sources:
  - { id: web, writeKey: same }
  - { id: app, writeKey: same }
destinations:
  - { id: mix, connector: mixpanel, settings: { projectId: "1" }, credential: { env: MIX_USER } }
  - id: mix-two
    connector: mixpanel
    settings: { projectId: "1" }
    credential:
      env:
        usrname: MIX_USER
        secret: MIX_SECRET
  - { id: hook, connector: webhook, endpoint: "https://u:hunter2@hooks.example" }
  - { id: other, connector: webhook, endpoint: "https://hooks.example", credential: { env: "p4ss w0rd!" } }
  - { id: last, connector: webhook, endpoint: "https://hooks.example", credential: { env: p4ssw0rd } }
  - { id: bad, connector: webhook, endpoint: nowhere }
`;
    const mistakes = mistakesOf(text);
    expect(mistakes).toEqual([
      '3 sources[1].writeKey: is already the write key of source web',
      '5 destinations[0].credential.env: mixpanel needs a variable for each of username, secret',
      '10 destinations[1].credential.env: username is missing',
      '11 destinations[1].credential.env.usrname: unknown key; did you mean username?',
      '13 destinations[2].endpoint: must not hold a user or password; bind a credential instead',
      '14 destinations[3].credential.env: must be the name of an environment variable',
      '15 destinations[4].credential.env: the environment variable named here is not set',
      '16 destinations[5].endpoint: invalid URL',
    ]);
    expect(mistakes.join()).not.toMatch(/hunter2|p4ss/);
  });

  it('names what is no YAML without quoting it, and goes on after a key that is there twice', () => {
    expect(mistakesOf('sources: [\n  secret-token: }\n').join()).not.toContain('secret-token');
    expect(mistakesOf('sources: [\n  secret-token: }\n').length).toBeGreaterThan(0);
    expect(mistakesOf('sources:\n\t- id: web\n')[0]).toMatch(/^2 : /);
    expect(mistakesOf('sources:\n  - id: web\n    id: app\n    writeKey: key-web\n    kind: xml\n')).toEqual([
      '3 : this key is already there',
      expect.stringMatching(/^5 sources\[0\]\.kind: /),
    ]);
    expect(mistakesOf('just words')).toEqual(['1 : must be a mapping']);
    expect(mistakesOf('sources: web')).toEqual(['1 sources: must be a list']);
    expect(mistakesOf('---\na: 1\n---\nb: 2\n')).toEqual(['3 : only one document a file (remove ---)']);
  });

  it('does not grow without bound on aliases that multiply', () => {
    const rows = Array.from(
      { length: 12 },
      (_, level) =>
        `a${level}: &a${level} [${
          level === 0
            ? 'x'
            : Array(10)
                .fill(`*a${level - 1}`)
                .join(', ')
        }]`,
    );
    expect(mistakesOf(rows.join('\n')).join()).toContain('aliases');
  });

  it('may name sources that exist beside the file', () => {
    const text = 'destinations:\n  - { id: hook, connector: webhook, endpoint: "https://hooks.example", sources: [made-by-hand] }\n';
    expect(parse(text).ok).toBe(false);
    expect(parse(text, ['made-by-hand']).ok).toBe(true);
  });

  it('says so when the environment is named twice and differently', () => {
    expect(mistakesOf('environment: staging\nsettings:\n  environment: production\n')).toEqual([
      '3 settings.environment: says another environment than the top of the file',
    ]);
    expect(unwrap(parse('settings:\n  environment: production\n')).settings?.environment).toBe('production');
  });

  it('answers mistakes, and never throws, for whatever text it is given', () => {
    const pieces = fc.constantFrom(
      'sources:',
      'destinations:',
      '- ',
      '  ',
      '\n',
      'id: web',
      'connector: ga4',
      '{',
      '}',
      '[',
      ']',
      '&a ',
      '*a',
      '!!map ',
      '<<: *a',
      '__proto__: {}',
      ': ',
      '? ',
      '"',
      '|',
      '\t',
      '---\n',
      'settings: ',
      '1e999',
      'null',
      '\u0000',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
          fc.string({ maxLength: 200 }),
        ),
        (text) => {
          const result = parse(text);
          if (!result.ok) expect(result.error.code).toBe('CONFIG_INVALID');
        },
      ),
      { numRuns: 500 },
    );
  });
});
