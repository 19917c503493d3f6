/** Pure: how an app sends to a source, to copy as it stands. */
import type { Source } from '#contract/documents/source.ts';

export interface Snippet {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

/** Ways to send, the quickest first. `ingestUrl` without a trailing slash. */
export function snippetsFor({ kind, writeKey }: Pick<Source, 'kind' | 'writeKey'>, ingestUrl: string): readonly Snippet[] {
  const url = ingestUrl.replace(/\/$/, '');
  if (kind === 'json') {
    return [
      {
        id: 'curl',
        title: 'curl',
        text: `curl ${url}/v1/track -u '${writeKey}:' \\\n  -H 'content-type: application/json' \\\n  -d '{"event":"Order Completed","userId":"u1","value":12}'`,
      },
    ];
  }
  return [
    {
      id: 'curl',
      title: 'curl',
      text: `curl ${url}/v1/track -u '${writeKey}:' \\\n  -H 'content-type: application/json' \\\n  -d '{"event":"Order Completed","userId":"u1","properties":{"value":12}}'`,
    },
    {
      id: 'node',
      title: 'Node',
      text: `import { Analytics } from '@segment/analytics-node';\n\nconst analytics = new Analytics({\n  writeKey: '${writeKey}',\n  host: '${url}',\n});\nanalytics.track({ event: 'Order Completed', userId: 'u1' });`,
    },
    {
      id: 'browser',
      title: 'Browser',
      text: `import { AnalyticsBrowser } from '@segment/analytics-next';\n\nconst analytics = AnalyticsBrowser.load(\n  { writeKey: '${writeKey}', cdnURL: '${url}' },\n  { integrations: { 'Segment.io': { apiHost: '${url.replace(/^https?:\/\//, '')}/v1', protocol: '${url.startsWith('https') ? 'https' : 'http'}' } } },\n);\nanalytics.track('Order Completed');`,
    },
  ];
}
