import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSimulator, type Simulator } from '#tests/support/simulator/simulator.ts';
import { parseFeed, reportOf } from './parse-feed.ts';
import { decode, readXmlItems } from './xml-items.ts';

const now = Date.UTC(2026, 0, 5, 12);
const hoursAgo = (hours: number) => new Date(now - hours * 3_600_000).toUTCString();

function report(text: string, component?: string, at = now) {
  const feed = parseFeed(text);
  return feed === null ? null : reportOf(feed, component, at);
}

describe('the status page of a vendor, in each of its formats', () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await createSimulator();
  });
  afterAll(() => simulator.close());

  async function pageReport(document: 'summary.json' | 'history.rss' | 'history.atom', component?: string) {
    return report(await (await fetch(simulator.statusPage('mixpanel', document))).text(), component, Date.now());
  }
  const formats = ['summary.json', 'history.rss', 'history.atom'] as const;

  it.each(formats)('%s says that all is well', async (format) => {
    simulator.report({ vendor: 'mixpanel', impact: 'none' });
    expect(await pageReport(format)).toMatchObject({ status: 'operational', since: null });
  });

  it.each(formats)('%s says what is down', async (format) => {
    simulator.report({ vendor: 'mixpanel', impact: 'major', name: 'Events are <not> accepted & lost' });
    expect(await pageReport(format)).toMatchObject({
      status: 'partial',
      title: 'Events are <not> accepted & lost',
      since: expect.any(Number),
    });
  });

  it.each(formats)('%s tells work that goes on from an outage', async (format) => {
    simulator.report({ vendor: 'mixpanel', impact: 'maintenance', name: 'Database upgrade' });
    expect(await pageReport(format)).toMatchObject({ status: 'maintenance', title: 'Database upgrade' });
  });

  it.each(formats)('%s says when it is over', async (format) => {
    simulator.report({ vendor: 'mixpanel', impact: 'major', stage: 'resolved' });
    expect(await pageReport(format)).toMatchObject({ status: 'operational' });
  });

  it('speaks of the component that matters, by name or id, and of no other', async () => {
    simulator.report({ vendor: 'mixpanel', impact: 'critical', component: 'Ingestion API' });
    expect(await pageReport('summary.json', 'ingestion api')).toMatchObject({ status: 'major', title: 'Elevated API errors' });
    expect(await pageReport('summary.json', 'b13yz5g2cw10')).toMatchObject({ status: 'major' });
    expect(await pageReport('summary.json', 'Dashboard')).toMatchObject({ status: 'operational', title: 'Dashboard: operational' });
    expect(await pageReport('summary.json', 'Nothing like that')).toBeNull();
    expect(await pageReport('history.rss', 'Ingestion')).toMatchObject({ status: 'partial' });
    expect(await pageReport('history.rss', 'Billing')).toMatchObject({ status: 'operational' });
  });
});

const rss = (items: string) => `<?xml version="1.0"?><rss version="2.0"><channel><title>Status</title>${items}</channel></rss>`;
const item = (title: string, text: string, date = hoursAgo(1)) =>
  rss(`<item><title><![CDATA[${title}]]></title><pubDate>${date}</pubDate><description><![CDATA[${text}]]></description></item>`);

describe('a feed of incidents', () => {
  it.each([
    ['AWS, over', item('Service is operating normally: [RESOLVED] SMS Delivery Delays', 'Between 1 and 2 PM …'), 'operational'],
    ['AWS, going on', item('Service disruption: Increased error rates', 'We are looking into it.'), 'degraded'],
    [
      'an update that speaks of what was resolved',
      item('API errors', '<p><strong>Update</strong> - One part is resolved.</p><p><strong>Investigating</strong> - …</p>'),
      'partial',
    ],
    [
      'the newest update counts',
      item('API errors', '<strong>Resolved</strong> - Done.<br><strong>Investigating</strong> - …'),
      'operational',
    ],
    ['emphasis within the heading', item('API errors', '<strong><em>Resolved</em></strong> - Done.'), 'operational'],
    ['being watched', item('API errors', '<strong>Monitoring</strong> - A fix is in place.'), 'degraded'],
    ['merely slow', item('Higher latency of the API', '<strong>Investigating</strong> - …'), 'degraded'],
    ['nobody has written for a week', item('API errors', '<strong>Investigating</strong> - …', hoursAgo(200)), 'operational'],
    ['announced for later', item('Upgrade', '<strong>Scheduled</strong> - Next week.'), 'operational'],
    ['dated tomorrow', item('Maintenance', '<strong>In progress</strong> - …', hoursAgo(-24)), 'operational'],
    ['no words of its state, and old', item('Welcome to our status page', 'Hello.', hoursAgo(48)), 'operational'],
    ['no items', rss(''), 'operational'],
  ])('%s', (_, text, status) => {
    expect(report(text)?.status).toBe(status);
  });

  it('reports the gravest of several', () => {
    const items = [
      item('Slow exports', '<strong>Investigating</strong> - …'),
      item('Major outage of the API', '<strong>Investigating</strong> - …'),
    ];
    const both = rss(items.map((each) => /<item>.*<\/item>/s.exec(each)?.[0]).join(''));
    expect(report(both)).toMatchObject({ status: 'major', title: 'Major outage of the API' });
  });

  it('masks what a title should not hold, and keeps it short', () => {
    const title = `ana@example.com cannot log in ${'x '.repeat(400)}`;
    const shown = report(item(title, '<strong>Investigating</strong> - …'))?.title ?? '';
    expect(shown).toContain('[email]');
    expect(shown.length).toBeLessThanOrEqual(200);
  });
});

describe('what is no status page', () => {
  it.each([
    ['a web page', '<!doctype html><html><body><h1>Status</h1></body></html>'],
    ['other JSON', '{"status":"ok"}'],
    ['JSON that breaks off', '{"page":{"id":"x"},"status":{"indicat'],
    ['nothing', ''],
    ['words', 'all systems operational'],
  ])('%s is not taken for one', (_, text) => {
    expect(parseFeed(text)).toBeNull();
  });
});

describe('reading XML', () => {
  it('takes text, CDATA, entities and nested marks of the direct children, and the first of several', () => {
    const text = `<?xml version="1.0"?><!DOCTYPE feed [ <!ENTITY x "<item>"> ]><feed><title>not this</title>
      <!-- <entry> --><entry a='>' b="/>"><title type="html">A &amp;lt;b&amp;gt; &#233;&#x1F600;<![CDATA[ & more]]></title><title>second</title>
      <content type="xhtml"><div>one <b>two</b></div></content><link href="x"/><empty/></entry><entry><title>B</title></entry></feed>`;
    expect(readXmlItems(text)?.map((each) => Object.fromEntries(each))).toEqual([
      { title: 'A &lt;b&gt; é😀 & more', content: 'one two' },
      { title: 'B' },
    ]);
  });

  it('expands no entity but those of XML, and none twice', () => {
    expect(decode('&amp;lt; &x; &lt;script&gt; &#0; &#55296; &#x110000;')).toBe('&lt; &x; <script>   ');
  });

  it('takes a feed that breaks off as far as it goes', () => {
    expect(readXmlItems('<rss><channel><item><title>A</title></item><item><title>B')?.length).toBe(1);
    expect(readXmlItems('<rss><channel><item><title>A</b></title></item></channel>')?.[0]?.get('title')).toBe('A');
    expect(readXmlItems(`<rss>${'<a>'.repeat(1000)}`)).toEqual([]);
  });

  it('never throws, and never keeps more than it should, whatever it is given', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '</',
      '/>',
      '<item>',
      '</item>',
      '<title>',
      '</title>',
      '<![CDATA[',
      ']]>',
      '<!--',
      '-->',
      '<!DOCTYPE',
      '[',
      ']',
      '"',
      "'",
      '&amp;',
      '&#x41;',
      '<?',
      '?>',
      'text',
      '\u0000',
      '\ud800',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 200 }), (pieces) => {
        const items = readXmlItems(`<rss>${pieces.join('')}`);
        for (const each of items ?? []) for (const value of each.values()) expect(value.length).toBeLessThanOrEqual(4000);
      }),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseFeed(text)));
  });

  it('reads JSON of any shape without throwing', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const feed = parseFeed(text);
        if (feed !== null) reportOf(feed, 'x', now);
      }),
    );
  });
});
