import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { call, isShort, openSite, requiresClaude, runClaude, versionsUnderTest } from '../../src/index.js';

/** The only pinned version with modules. */
const VERSION = '2.1.330';

/** How long the human thinks, milliseconds: almost the whole 300 s that one is waited for. The short form does not wait. */
const THINKING = isShort ? 1_000 : 290_000;

/** Members of `hooks.json` that are left: a handler of a module may take 10 s, a command hook its `timeout`. */
const LAYERS = {
  'the module alone': ['modules'],
  'the command hook alone': ['hooks'],
  'both, as installed': ['hooks', 'modules'],
} as const;

const layers = Object.entries(LAYERS).slice(0, isShort ? 1 : undefined);

const suite = versionsUnderTest.includes(VERSION) ? requiresClaude(VERSION) : describe.skip;

suite(`a human who thinks for long, in Claude Code ${VERSION}`, () => {
  describe(rules('LOC-145', 'LOC-110')`is asked once, and then the call runs`, { concurrent: true }, () => {
    test.each(layers)('%s', { timeout: THINKING + 210_000 }, async (_, members) => {
      const site = await openSite({ plugin: 'side' });
      try {
        const list = join(site.site.root, 'plugin', 'hooks', 'hooks.json');
        const all = JSON.parse(readFileSync(list, 'utf8')) as Record<string, unknown>;
        writeFileSync(list, JSON.stringify(Object.fromEntries(members.map((name) => [name, all[name]]))));
        site.human.answering = async () => {
          await new Promise((resolve) => setTimeout(resolve, THINKING));
          return 'approve' as const;
        };
        const steps = [call('Bash', { command: 'echo ran > waited' })];
        const timeoutMs = THINKING + 100_000;
        const result = await runClaude(site, {
          version: VERSION,
          mode: 'bypass',
          steps,
          effects: ['waited'],
          timeoutMs,
        });
        expect(result).toMatchObject({ exitCode: 0, ran: { waited: true }, toolResults: [{ isError: false }] });
        expect(result.requests).toHaveLength(1);
      } finally {
        await site.close();
      }
    });
  });
});
