import { describe, expect, test } from 'vitest';
import { FOLDER, served, textOf } from '../support/served.js';

describe('airlock_status', () => {
  test('says who is signed in, what is paired, and that asking stops nothing', async () => {
    const { tool } = await served();
    const result = await tool('airlock_status', {});
    expect(textOf(result)).toBe(
      [
        'Signed in to https://gateway.example (online).',
        `${FOLDER} is paired with an approver (verified).`,
        'Auto mode is off; fail mode is closed; 1 signed patterns.',
        'This server only asks: it stops nothing by itself. What is gated is what passes through a hook of the host, the MCP proxy, git hooks or airlock run.',
      ].join('\n'),
    );
    expect(result['structuredContent']).toEqual({
      signedIn: true,
      gatewayUrl: 'https://gateway.example',
      presence: 'online',
      folder: FOLDER,
      workspace: FOLDER,
      paired: true,
      assurance: 'verified',
      autoMode: false,
      failMode: 'closed',
      patterns: 1,
      openRequests: 1,
      problems: [],
      message: textOf(result),
    });
  });

  test('says what to type where nothing is paired', async () => {
    const { daemon, tool } = await served();
    daemon.paired = false;
    const result = await tool('airlock_status', {});
    expect(textOf(result)).toContain(`${FOLDER} is not paired: every request is denied. Next: node main.js pair`);
    expect(textOf(result)).toContain('Problem policy_void: no policy. Next: node main.js pair');
    expect(result['structuredContent']).toMatchObject({ workspace: null, paired: false, assurance: null });
  });

  test('without a daemon: a code', async () => {
    const connect = () => Promise.reject(Object.assign(new Error('no daemon'), { code: 'daemon_start_failed' }));
    const { tool } = await served({ connect });
    const result = await tool('airlock_status', {});
    expect(result['isError']).toBe(true);
    expect(textOf(result)).toBe('Airlock (daemon_start_failed): no daemon.');
  });
});

async function read(uri: string, connect?: () => Promise<never>) {
  const its = await served(connect === undefined ? {} : { connect });
  return await its.request('resources/read', { uri });
}

describe('resources', () => {
  test('are listed', async () => {
    const { request } = await served();
    const { resources } = (await request('resources/list'))['result'];
    expect(resources.map(({ uri, mimeType }: Record<string, string>) => [uri, mimeType])).toEqual([
      ['airlock://requests/open', 'application/json'],
      ['airlock://decisions/recent', 'application/json'],
    ]);
    expect((await request('resources/templates/list'))['result']).toEqual({ resourceTemplates: [] });
  });

  test('open requests: those of this folder', async () => {
    const { result } = await read('airlock://requests/open');
    expect(JSON.parse(result.contents[0].text)).toEqual({
      requests: [
        {
          requestId: 'req-here',
          source: 'run',
          kind: 'command',
          state: 'AwaitingDecision',
          createdAt: '2026-03-02T14:00:31.000Z',
          expiresAt: '2026-03-02T14:00:32.000Z',
        },
      ],
    });
  });

  test('recent decisions: those of this folder, with what the approver wrote made visible', async () => {
    const { result } = await read('airlock://decisions/recent');
    expect(JSON.parse(result.contents[0].text)).toEqual({
      decisions: [
        {
          requestId: 'req-here',
          source: 'run',
          kind: 'command',
          verdict: 'deny',
          outcome: 'rejected',
          reason: 'no\\u{202E}!',
          decidedAt: '2026-03-02T14:00:31.000Z',
        },
      ],
    });
  });

  test('another one does not exist', async () => {
    expect((await read('airlock://requests/all'))['error'].code).toBe(-32602);
  });

  test('without a daemon: a code', async () => {
    const connect = () => Promise.reject(Object.assign(new Error('no daemon'), { code: 'daemon_stopped' }));
    expect((await read('airlock://requests/open', connect))['error']).toEqual({
      code: -32603,
      message: 'Airlock (daemon_stopped): no daemon.',
      data: { code: 'daemon_stopped' },
    });
  });
});
