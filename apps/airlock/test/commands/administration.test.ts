import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../e2e/harness/command.js';
import { Site } from '../e2e/harness/site.js';

const SLOW = 90_000;

describe('administration, with real processes', () => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.create();
  }, SLOW);
  afterAll(() => site.close(), SLOW);

  describe('administration of the gateway', () => {
    test(
      'users, tokens and apps, in the frozen shapes',
      async () => {
        const user = await site.gateway.admin('user', 'add', 'bob');
        expect(user).toEqual({ userId: expect.any(String), name: 'bob' });
        expect(await site.gateway.admin<unknown[]>('user', 'list')).toHaveLength(2);
        const pat = await site.gateway.admin<{ pat: string; id: string }>(
          'pat',
          'create',
          '--user',
          'bob',
          '--role',
          'enforcer',
        );
        expect(pat).toEqual({
          pat: expect.stringMatching(/^airpat_[A-Za-z0-9]{32,}$/),
          id: expect.any(String),
          expiresAt: expect.stringMatching(/Z$/),
        });
        const listed = await site.gateway.admin<Array<Record<string, unknown>>>('pat', 'list', '--user', 'bob');
        expect(JSON.stringify(listed)).not.toContain(pat.pat);
        await site.gateway.admin('pat', 'revoke', pat.id);
        expect(await site.gateway.admin<unknown[]>('pat', 'list', '--user', 'bob')).toEqual([]);
        const app = await site.gateway.admin<{ appId: string; clientSecret: string }>(
          'app',
          'create',
          '--name',
          'x',
          '--kind',
          'Agent',
        );
        expect(app).toEqual({
          appId: expect.stringMatching(/^[A-Z]{3}-\d{7}$/),
          clientId: expect.stringMatching(/^[A-Za-z0-9]{20}$/),
          clientSecret: expect.stringMatching(/^[A-Za-z0-9]{40}$/),
          kind: 'Agent',
        });
        const rotated = await site.gateway.admin<{ clientSecret: string }>('app', 'rotate-secret', app.appId);
        expect(rotated.clientSecret).not.toBe(app.clientSecret);
        await site.gateway.admin('app', 'revoke', app.appId);
        expect(await site.gateway.admin<unknown[]>('app', 'list')).toEqual([]);
      },
      SLOW,
    );

    test.each([
      ['user', 'add', 'alice'],
      ['pat', 'create', '--user', 'nobody', '--role', 'enforcer'],
      ['pat', 'revoke', 'pat-none'],
      ['approver', 'enroll', '--user', 'nobody'],
    ])(
      'gateway %s %s %s is refused with a code',
      async (...args) => {
        const words = args.filter((word) => word !== undefined);
        const result = await run(['gateway', ...words, '--data-dir', site.gateway.dataDir], {
          home: site.gateway.home,
        });
        expect(result.code).toBe(1);
        expect(result.stderr).toMatch(/^airlock: (?:NotFound|AlreadyExistsConflict) [^\n]+\n$/);
      },
      SLOW,
    );
  });
});
