import { inForm } from '@airlock/conformance/requires';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { conformanceVerdicts, type Verdicts } from '../src/conformance.js';
import { HttpBridge } from '../src/http-bridge.js';
import { type RunningServer, startHttpEverything } from '../src/http-everything.js';
import { JudgeSite } from '../src/judge-site.js';
import { isWhole, requiresJudge } from '../src/selection.js';
import { proxied, proxiedUrl, type ServerCommand, SERVERS } from '../src/server-command.js';

/** What gates could get in the way of: progress, both kinds of questions to the client, and reading. */
const FEW = [
  'tools-call-with-progress',
  'tools-call-sampling',
  'tools-call-elicitation',
  'resources-read-text',
] as const;

requiresJudge('conformance')('the official conformance suite', () => {
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

  async function bridged(name: string, command: ServerCommand, scenario?: string): Promise<Verdicts> {
    const bridge = await HttpBridge.open(command, { env: site.environment, cwd: site.folder });
    try {
      return await conformanceVerdicts(bridge.url, site.results(`${name}-${scenario ?? 'all'}`), scenario);
    } finally {
      await bridge.close();
    }
  }

  it('passes a complete server behind the proxy', async () => {
    const verdicts: string[] = [];
    for (const scenario of isWhole ? [undefined] : FEW) {
      verdicts.push(...(await bridged('complete-proxied', proxied('complete', SERVERS.complete), scenario)));
    }
    expect(verdicts.filter((verdict) => !verdict.endsWith(' SUCCESS'))).toEqual([]);
    expect(verdicts).toHaveLength(isWhole ? 40 : FEW.length);
    if (isWhole) expect(await bridged('complete', SERVERS.complete)).toEqual(verdicts);
  });

  inForm(isWhole, it)('says the same of the reference server behind the proxy', async () => {
    const without = await bridged('everything', SERVERS.everything);
    expect(await bridged('everything-proxied', proxied('everything', SERVERS.everything))).toEqual(without);
  });

  inForm(isWhole, it)('says the same of the reference server on HTTP behind the proxy', async () => {
    const without = await conformanceVerdicts(http.url, site.results('http'));
    expect(transportFree(await bridged('http-proxied', proxiedUrl('everything', http.url)))).toEqual(
      transportFree(without),
    );
  });

  inForm(isWhole, it)('the bridge changes nothing of what is judged', async () => {
    const direct = await conformanceVerdicts(http.url, site.results('direct'));
    expect(transportFree(await bridged('bridge', SERVERS.everything))).toEqual(transportFree(direct));
  });
});

/** Without what the suite judges of the HTTP listener itself, which in front of the proxy is the bridge. */
function transportFree(verdicts: Verdicts): Verdicts {
  return verdicts.filter((verdict) => !verdict.startsWith('dns-rebinding-protection:'));
}
