import { inForm } from '@airlock/conformance/requires';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tour } from '../src/everything-tour.js';
import { type RunningServer, startHttpEverything } from '../src/http-everything.js';
import { JudgeSite } from '../src/judge-site.js';
import { CLIENTS, openHttpClient } from '../src/sdk-clients.js';
import { isWhole } from '../src/selection.js';
import { proxied, proxiedUrl, SERVERS } from '../src/server-command.js';

const EXTENT = isWhole ? 'all' : 'few';

describe('the official reference server says the same with and without the proxy', () => {
  let site: JudgeSite;
  let http: RunningServer;
  beforeAll(async () => {
    site = await JudgeSite.open();
    http = await startHttpEverything(site.environment, site.folder);
  });
  afterAll(async () => {
    await http.close();
    await site.close();
  });
  const place = () => ({ env: site.environment, cwd: site.folder });

  it('to a client of sdk 1.32.2', async () => {
    const open = CLIENTS['sdk 1.32.2'];
    const without = await tour(await open(SERVERS.everything, place()), EXTENT);
    expect(Object.keys(without)).toContain('answer to tools/call');
    expect(await tour(await open(proxied('everything', SERVERS.everything), place()), EXTENT)).toEqual(without);
  });

  inForm(isWhole, it)('to a client of client 2.4.0', async () => {
    const open = CLIENTS['client 2.4.0'];
    const without = await tour(await open(SERVERS.everything, place()), EXTENT);
    expect(await tour(await open(proxied('everything', SERVERS.everything), place()), EXTENT)).toEqual(without);
  });

  inForm(isWhole, it)('when it is on HTTP', async () => {
    const open = CLIENTS['sdk 1.32.2'];
    // Announced before a client can have a stream to hear it on.
    const leftOut = ['notification notifications/tools/list_changed'];
    const without = await tour(await openHttpClient(http.url), 'untasked', leftOut);
    expect(await tour(await open(proxiedUrl('everything', http.url), place()), 'untasked', leftOut)).toEqual(without);
  });

  it('and every gated message was asked about', () => {
    const sources = new Set(site.asked.map(({ content }) => JSON.stringify(content)).flatMap(methodsIn));
    for (const method of ['tools/call', 'prompts/get', 'resources/read', 'sampling/createMessage']) {
      expect(sources).toContain(method);
    }
  });
});

/** Methods that a card names, wherever. */
function methodsIn(content: string): readonly string[] {
  return [...content.matchAll(/\\?"method\\?":\\?"([a-zA-Z]+\/[a-zA-Z]+)\\?"/g)].map(([, method = '']) => method);
}
