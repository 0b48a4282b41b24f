import { chmodSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AirlockOptions, CanUseTool } from '../../../../docs/examples/agent-sdk/can-use-tool.js';
import { compileExamples, openSite, type Site } from './site.js';

const MINUTE = 60_000;
const INPUT = { table: 'users', where: { id: 7 } };

/** What an agent would do: ask, and run the tool only with what came back as allowed. */
describe(rules('LOC-045', 'LOC-100')`the permission callback of docs/examples/agent-sdk`, () => {
  let site: Site;
  let make: (options: AirlockOptions) => CanUseTool;
  let options: AirlockOptions;

  beforeAll(async () => {
    site = await openSite();
    const example = await import(join(await compileExamples(site), 'agent-sdk', 'can-use-tool.js'));
    make = example.airlockCanUseTool;
    options = {
      socketPath: site.paths.socket,
      workspace: site.workspace,
      sessionId: 'run-1',
      source: 'my-agent',
      timeoutSeconds: 60,
    };
  }, MINUTE);

  afterAll(() => site.close(), MINUTE);

  const call = (over: Partial<AirlockOptions> = {}, signal = new AbortController().signal) =>
    make({ ...options, ...over })('delete_rows', INPUT, { signal });

  it(
    'allows what is approved, with exactly the input that was shown',
    async () => {
      const [result, opened] = await Promise.all([call(), site.human.approveNext()]);
      expect(result).toEqual({ behavior: 'allow', updatedInput: INPUT });
      expect(opened.content).toMatchObject({
        action: {
          kind: 'tool',
          tool: 'delete_rows',
          inputJson: '{"table":"users","where":{"id":7}}',
          source: 'my-agent',
          notices: ['claimed-by-agent'],
        },
      });
    },
    MINUTE,
  );

  it(
    'runs what was shown although the object changes while the human looks',
    async () => {
      const input: Record<string, unknown> = { table: 'users' };
      const asked = make(options)('delete_rows', input, { signal: new AbortController().signal });
      input['table'] = 'everything';
      await site.human.approveNext();
      expect(await asked).toEqual({ behavior: 'allow', updatedInput: { table: 'users' } });
    },
    MINUTE,
  );

  it(
    'denies what is rejected, with the reason for the model',
    async () => {
      const [result] = await Promise.all([call(), site.human.rejectNext('use the staging table')]);
      expect(result).toEqual({
        behavior: 'deny',
        message: 'The approver rejected this. Their words: "use the staging table". Do not try it another way.',
      });
    },
    MINUTE,
  );

  it(
    'denies what nobody answers in time',
    async () => {
      const result = await call({ timeoutSeconds: 1 });
      expect(result).toEqual({
        behavior: 'deny',
        message: 'Airlock denied this (deadline_passed): nobody answered in time',
      });
    },
    MINUTE,
  );

  it(
    'withdraws the question when the agent is stopped',
    async () => {
      const stopped = new AbortController();
      const asked = call({}, stopped.signal);
      await site.human.next();
      stopped.abort();
      expect(await asked).toMatchObject({ behavior: 'deny' });
      await expect.poll(async () => (await site.client.requests()).requests, { timeout: 10_000 }).toEqual([]);
    },
    MINUTE,
  );

  it('denies under the name of a gate that is not its own', async () => {
    const result = await call({ source: 'mcp' });
    expect(result).toMatchObject({ behavior: 'deny', message: expect.stringContaining('source_reserved') });
  });

  it('denies at a socket that others can reach, whatever is behind it', async () => {
    const socketPath = join(site.paths.runtime, 'other.sock');
    const impostor = createServer((_, response) => response.end('{"decision":"allow","requestId":"req-1"}'));
    await new Promise<void>((resolve) => impostor.listen(socketPath, resolve));
    chmodSync(socketPath, 0o666);
    try {
      expect(await call({ socketPath })).toMatchObject({
        behavior: 'deny',
        message: expect.stringContaining('is not the socket of your daemon'),
      });
    } finally {
      await new Promise((resolve) => impostor.close(resolve));
    }
  });

  it(
    'denies without a daemon',
    async () => {
      await site.stopDaemon();
      expect(await call()).toMatchObject({
        behavior: 'deny',
        message: expect.stringMatching(/^Airlock could not ask, so this did not run: /),
      });
    },
    MINUTE,
  );
});
