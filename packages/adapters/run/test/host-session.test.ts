import { rules } from '@airlock/conformance';
import type { RequestBody } from '@airlock/runtime/client';
import { describe, expect, test } from 'vitest';
import { hostSession } from '../src/host-session.js';
import { runCommand } from '../src/index.js';

const NAME = 'CLAUDE_CODE_SESSION_ID';

describe(rules('LOC-147')`the session of the host that airlock run is started in`, () => {
  test.each([
    ['41dcf2e1-0c00-47e9-8198-afafe34bc6ba', '41dcf2e1-0c00-47e9-8198-afafe34bc6ba'],
    ['x'.repeat(200), 'x'.repeat(200)],
    ['x'.repeat(201), undefined],
    ['', undefined],
    ['a b', undefined],
    ['a\n', undefined],
    [undefined, undefined],
  ])('%j is %j', (value, session) => {
    expect(hostSession({ [NAME]: value })).toBe(session);
  });

  test.each([
    ['is told', {}, 'of-host'],
    ['gives way to one that the caller names', { sessionId: 'named' }, 'named'],
  ])('%s', async (_, over, sessionId) => {
    const asked: RequestBody[] = [];
    const result = await runCommand(
      ['true'],
      { timeoutSeconds: 5, afterSeparator: true, ...over },
      {
        environment: { ...process.env, [NAME]: 'of-host' },
        say: () => undefined,
        connect: async () => ({
          workspace: '/w',
          daemon: {
            request: async function* (body) {
              asked.push(body);
              yield { event: 'decided', requestId: 'req-1', verdict: 'deny', outcome: 'rejected' };
            },
            claim: async () => ({ granted: false, code: 'x', message: 'x' }),
            outcome: async () => ({ recorded: true }),
            withdraw: async () => ({ withdrawn: true }),
          },
        }),
      },
    );
    expect(result.outcome).toBe('rejected');
    expect(asked).toMatchObject([{ source: 'run', sessionId }]);
  });
});
