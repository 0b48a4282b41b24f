import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import type { EndpointAnswer } from '../../src/socket/authorize-api.js';
import { launch, paired } from '../support/daemon.js';
import { approving, authorizeBody, cards, tcp } from '../support/outside.js';
import { until } from '../support/policy-scene.js';
import type { Paired } from '../support/signing.js';

const SLOW = { timeout: 30_000 };

type On = Extract<EndpointAnswer, { state: 'on' }> & { readonly token: string };

async function on(made: Paired, port = 0): Promise<On & { readonly port: number }> {
  const answer = await made.client.endpoint({ state: 'on', workspace: made.workspace, port });
  if (answer.state !== 'on' || answer.token === undefined) throw new Error(JSON.stringify(answer));
  return { ...answer, token: answer.token, port: Number(new URL(answer.url).port) };
}

const ask = async (made: Paired, { port, token }: { port: number; token: string }, signal?: AbortSignal) => {
  const { workspace: _, ...body } = authorizeBody(made.workspace, { source: 'my-gateway' });
  const headers = { authorization: `Bearer ${token}` };
  return await tcp({ port, headers, body: JSON.stringify(body), ...(signal === undefined ? {} : { signal }) });
};

const status = async (made: Paired, at: { port: number; token: string }) =>
  await ask(made, at).then(
    (answer) => answer.status,
    (cause: NodeJS.ErrnoException) => cause.code,
  );

describe(rules('LOC-010', 'ENF-180')`the endpoint on loopback TCP`, () => {
  it('is off until somebody switches it on', SLOW, async () => {
    const made = await paired();
    expect(await made.client.endpoint({ state: 'show' })).toEqual({ state: 'off' });
    expect(existsSync(made.paths.endpointFile)).toBe(false);
  });

  it('asks about its folder, with a token that is told once and kept as its hash', SLOW, async () => {
    const made = await paired();
    approving(made);
    const endpoint = await on(made);
    expect(endpoint).toMatchObject({ workspace: made.workspace, url: `http://127.0.0.1:${endpoint.port}` });
    expect(endpoint.token).toMatch(/^airend_[A-Za-z0-9_-]{43}$/);
    const answer = await ask(made, endpoint);
    expect(JSON.parse(answer.body)).toMatchObject({ decision: 'allow' });
    expect(cards(made)).toMatchObject([{ source: 'my-gateway', notices: ['claimed-by-agent'] }]);
    expect(await made.client.endpoint({ state: 'show' })).toEqual({
      state: 'on',
      workspace: made.workspace,
      url: endpoint.url,
    });
    const kept = readFileSync(made.paths.endpointFile, 'utf8');
    expect(kept).not.toContain(endpoint.token);
    expect(kept).toContain(createHash('sha256').update(endpoint.token).digest('hex'));
    expect(statSync(made.paths.endpointFile).mode & 0o777).toBe(0o600);
    expect(readFileSync(made.paths.logFile, 'utf8')).not.toContain(endpoint.token);
  });

  it('is there again after a restart, on the same port and with the same token', SLOW, async () => {
    const made = await paired();
    approving(made);
    const endpoint = await on(made);
    await made.daemon.close();
    expect(await status(made, endpoint)).toBe('ECONNREFUSED');
    made.daemon = await launch(made.paths);
    expect(await status(made, endpoint)).toBe(200);
  });

  it('has one token at a time, and none when it is off', SLOW, async () => {
    const made = await paired();
    approving(made);
    const first = await on(made);
    const second = await on(made, first.port);
    expect([await status(made, first), await status(made, second)]).toEqual([401, 200]);
    expect(await made.client.endpoint({ state: 'off' })).toEqual({ state: 'off' });
    expect(await status(made, second)).toBe('ECONNREFUSED');
    expect(existsSync(made.paths.endpointFile)).toBe(false);
    await made.daemon.close();
    made.daemon = await launch(made.paths);
    expect(await status(made, second)).toBe('ECONNREFUSED');
  });

  it('keeps the daemon that it belongs to', SLOW, async () => {
    const made = await paired({ idleExitMs: 3000 });
    await on(made);
    let isOver = false;
    made.daemon.closed.then(
      () => {
        isOver = true;
      },
      () => undefined,
    );
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(isOver).toBe(false);
    await made.client.endpoint({ state: 'off' });
    expect(await made.daemon.closed).toBe('idle');
  });

  it('is for folders that somebody decides about', SLOW, async () => {
    const made = await paired();
    const other = join(made.workspace, '..', 'other');
    mkdirSync(other);
    const switchOn = (workspace: string) => made.client.endpoint({ state: 'on', workspace, port: 0 });
    await expect(switchOn(other)).rejects.toMatchObject({ code: 'not_paired' });
    await expect(switchOn(join(other, 'none'))).rejects.toMatchObject({ code: 'bad_request' });
    expect(await made.client.endpoint({ state: 'show' })).toEqual({ state: 'off' });
  });

  it('says that its port is taken, and does not keep the daemon from starting', SLOW, async () => {
    const made = await paired();
    const endpoint = await on(made);
    await made.daemon.close();
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(endpoint.port, '127.0.0.1', resolve));
    try {
      made.daemon = await launch(made.paths);
      const taken = { code: 'endpoint_unavailable', fix: expect.any(String) };
      await expect(made.client.endpoint({ state: 'show' })).rejects.toMatchObject(taken);
      await expect(on(made, endpoint.port)).rejects.toMatchObject(taken);
    } finally {
      await new Promise((resolve) => squatter.close(resolve));
    }
  });

  it('stays shut when what is kept of it is damaged, until it is switched off', SLOW, async () => {
    const made = await paired();
    const endpoint = await on(made);
    await made.daemon.close();
    const kept = readFileSync(made.paths.endpointFile, 'utf8');
    writeFileSync(made.paths.endpointFile, kept.replace(made.workspace, '/'));
    made.daemon = await launch(made.paths);
    expect(await status(made, endpoint)).toBe('ECONNREFUSED');
    await expect(made.client.endpoint({ state: 'show' })).rejects.toMatchObject({ code: 'state_corrupt' });
    expect((await made.client.status()).problems).toEqual([]);
    await made.client.endpoint({ state: 'off' });
    approving(made);
    expect(await status(made, await on(made))).toBe(200);
  });

  it('withdraws what its caller no longer waits for', SLOW, async () => {
    const made = await paired();
    const endpoint = await on(made);
    const leaving = new AbortController();
    const gone = ask(made, endpoint, leaving.signal).catch(() => 'gone');
    await until(() => made.relay.artifacts.size === 1, 'the question');
    leaving.abort();
    expect(await gone).toBe('gone');
    await until(() => made.relay.withdrawn.length === 1, 'the withdrawal');
  });

  it('denies what is open when the daemon stops', SLOW, async () => {
    const made = await paired();
    const endpoint = await on(made);
    const answer = ask(made, endpoint);
    await until(() => made.relay.artifacts.size === 1, 'the question');
    await made.daemon.close();
    expect(JSON.parse((await answer).body)).toMatchObject({ decision: 'deny', code: 'shutting_down' });
  });
});
