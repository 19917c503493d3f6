import { describe, expect, it } from 'vitest';
import { bridgeInput, externalUrl, isOwnUrl, isTrustedFrame, mayRequest, windowPreferences } from './policy.ts';

const foreign = [
  'https://sluice.app/',
  'sluice://evil/',
  'sluice://app.evil/',
  'sluice://user@app/',
  'sluices://app/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'data:text/html,x',
  'about:blank',
  'http://127.0.0.1/',
  '',
  'not a url',
];

describe('a window', () => {
  it('may be on a page of the console only', () => {
    for (const url of ['sluice://app/', 'sluice://app/destinations/hubspot#x', 'SLUICE://app/']) expect(isOwnUrl(url)).toBe(true);
    for (const url of foreign) expect(isOwnUrl(url), url).toBe(false);
  });

  it('is listened to when its top frame shows the console', () => {
    expect(isTrustedFrame({ url: 'sluice://app/', parent: null })).toBe(true);
    expect(isTrustedFrame({ url: 'sluice://app/', parent: {} })).toBe(false);
    expect(isTrustedFrame({ url: 'https://evil.example/', parent: null })).toBe(false);
    expect(isTrustedFrame(null)).toBe(false);
  });

  it('fetches from the console only', () => {
    expect(mayRequest('sluice://app/assets/a.js', true)).toBe(true);
    expect(mayRequest('data:image/png;base64,x', true)).toBe(true);
    expect(mayRequest('devtools://devtools/x', true)).toBe(false);
    expect(mayRequest('devtools://devtools/x', false)).toBe(true);
    for (const url of ['https://example.com', 'http://127.0.0.1:1', 'file:///etc/passwd', 'ws://127.0.0.1:1'])
      expect(mayRequest(url, false), url).toBe(false);
  });

  it('hands the user’s browser only links to vendors we name', () => {
    expect(externalUrl('https://developers.hubspot.com/docs?x=1')).toBe('https://developers.hubspot.com/docs?x=1');
    for (const url of [
      ...foreign,
      'http://developers.hubspot.com/',
      'https://developers.hubspot.com.evil.example/',
      'https://developers.hubspot.com:8443/',
      'https://a:b@developers.hubspot.com/',
    ])
      expect(externalUrl(url), url).toBeNull();
  });

  it('is sandboxed, isolated and without Node, and without developer tools once packaged', () => {
    expect(windowPreferences('/p.cjs', true)).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      devTools: false,
    });
  });
});

describe('what comes over the bridge', () => {
  it.each([
    ['open', [1, 'desk'], true],
    ['open', [0, 'desk'], false],
    ['open', [1, 'x'.repeat(81)], false],
    ['open', [1], false],
    ['open', [1.5, 'desk'], false],
    ['send', [1, '{}'], true],
    ['send', [1, {}], false],
    ['send', ['1', '{}'], false],
    ['close', [2 ** 60], false],
    ['close', [3, 'PEER_CLOSED'], true],
    ['close', [3, 'not a code'], false],
    ['close', [3, 'PEER_CLOSED', 'extra'], false],
  ] as const)('%s %j is taken: %s', (message, args, isTaken) => {
    expect(bridgeInput[message].safeParse(args).success).toBe(isTaken);
  });
});
