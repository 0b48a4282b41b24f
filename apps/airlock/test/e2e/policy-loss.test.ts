import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PolicySite } from './harness/policy-site.js';

const MINUTE = 60_000;

interface Shown {
  readonly version: number;
  readonly problem?: { readonly code: string };
}

/** Where policy ends: a gateway that is gone, a file that was edited, an approver that may not loosen. */
describe('policy at its edges', () => {
  let at: PolicySite;
  beforeAll(async () => {
    at = await PolicySite.create();
  }, 2 * MINUTE);
  afterAll(() => at.close(), MINUTE);

  const inside = (name: string) => join(at.developer.workspace, name);

  describe(rules('ENF-155')`while the gateway cannot be reached`, () => {
    test(
      'fail mode open passes what cannot be asked, and says why; the gate itself stays shut',
      async () => {
        const open = await at.signed('fail-mode', 'open', '--for', '1');
        expect(open.code).toBe(0);
        expect(open.stderr).toMatch(/only when the gateway cannot be reached before the request was sent/);
        expect((await at.developer.run(['fail-mode'])).stdout).toMatch(/^open until /);
        expect((await at.asked('touch', inside('reached'))).result.code).toBe(126);
        await at.site.gateway.stop('SIGKILL');
        const passed = await at.developer.run(['run', '--timeout', '20', '--', 'touch', inside('passed')]);
        expect(passed.code).toBe(0);
        expect(passed.stderr).toMatch(/fail mode/);
        expect(existsSync(inside('passed'))).toBe(true);
        const gate = await at.developer.run(['run', '--timeout', '3', '--', 'touch', '.git/hooks/pre-commit']);
        expect([124, 125]).toContain(gate.code);
        expect(existsSync(inside('.git/hooks/pre-commit'))).toBe(false);
      },
      2 * MINUTE,
    );

    test(
      'closed denies at once after it was closed',
      async () => {
        expect(await at.developer.json('fail-mode', 'closed')).toEqual({ failMode: 'closed', changed: true });
        const denied = await at.developer.run(['run', '--timeout', '3', '--', 'touch', inside('closed')]);
        expect([124, 125]).toContain(denied.code);
        expect(existsSync(inside('closed'))).toBe(false);
        await at.site.gateway.start();
      },
      2 * MINUTE,
    );
  });

  /** The files of the stored document, wherever below the home they are. */
  function policyFiles(): readonly string[] {
    const home = at.developer.home;
    return readdirSync(home, { recursive: true, encoding: 'utf8' })
      .map((name) => join(home, name))
      .filter((file) => /polic/.test(file.slice(home.length)) && statSync(file).isFile());
  }

  describe(rules('LOC-080', 'LOC-085')`a policy file that was edited`, () => {
    test(
      'is none: everything is asked, status, policy and doctor say so, and it can be signed anew',
      async () => {
        expect((await at.signed('patterns', 'add', 'git status')).code).toBe(0);
        expect((await at.unasked('git', 'status')).code).toBe(0);
        await at.developer.stop();
        const edited = policyFiles().filter((file) => {
          const text = readFileSync(file, 'utf8');
          if (!text.includes('git status')) return false;
          writeFileSync(file, text.replaceAll('git status', 'git commit'));
          return true;
        });
        expect(edited).toHaveLength(1);
        await at.developer.run(['daemon', 'start']);
        const shown = await at.developer.json<Shown>('policy', 'show');
        expect(shown).toMatchObject({ version: 0, problem: { code: expect.any(String) } });
        const { code = '' } = shown.problem ?? {};
        expect((await at.developer.run(['status'])).stdout).toContain(code);
        expect((await at.developer.run(['policy', 'show'])).stdout).toMatch(/^PROBLEM/m);
        const doctor = await at.developer.run(['doctor']);
        expect(doctor.code).toBe(1);
        expect(doctor.stdout).toMatch(new RegExp(`^FAIL {2}policy +${code}`, 'm'));
        for (const command of [
          ['git', 'status'],
          ['git', 'commit'],
        ]) {
          expect((await at.explain(...command)).verdict).toBe('ask');
        }
        expect((await at.signed('policy', 'renew')).code).toBe(0);
        expect(await at.developer.json<Shown>('policy', 'show')).not.toHaveProperty('problem');
      },
      2 * MINUTE,
    );
  });

  test(
    rules('INV-38')`an approver that does not protect its key cannot loosen anything`,
    async () => {
      const gadgets = await at.site.workspace('gadgets');
      await at.site.pairing(gadgets, (link) => at.site.approver.pair(link));
      for (const line of [
        ['auto', 'on'],
        ['fail-mode', 'open'],
        ['patterns', 'add', 'pwd'],
      ]) {
        const refused = await gadgets.run([...line, '--timeout', '5']);
        expect(refused.code).toBe(1);
        expect(refused.stderr).toMatch(/unprotected-key|passphrase/);
      }
      expect(await gadgets.json('policy', 'show')).toMatchObject({ version: 0, autoUntil: null, patterns: [] });
    },
    2 * MINUTE,
  );
});
