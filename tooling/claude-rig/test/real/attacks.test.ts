import { existsSync, readFileSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  call,
  type ClaudeSite,
  isShort,
  openSite,
  requiresClaude,
  TINY_MCP,
  versionsUnderTest,
} from '../../src/index.js';
import { type Attack, MAGIC_TEXT, SELF_DISABLING } from '../../src/table/attacks.js';
import type { Ground } from '../../src/table/row.js';
import { runCell } from '../../src/table/run-cell.js';

type Version = (typeof versionsUnderTest)[number];

const contentOf = (file: string) => (existsSync(file) ? readFileSync(file, 'latin1') : null);

/** Runs one attack with skipped permissions and a human who rejects: what became of it, and what the human was shown. */
async function attack(site: ClaudeSite, version: Version, tried: Attack) {
  let ground: Ground | undefined;
  let before: string | null = null;
  let after: string | null = null;
  const effect = () => (ground === undefined ? '' : (tried.effect?.(ground) ?? ground.effect));
  const arrange = (made: Ground) => {
    ground = made;
    const steps = tried.steps(made);
    before = contentOf(effect());
    const restore = () => {
      after = contentOf(effect());
    };
    return { steps, args: TINY_MCP, restore };
  };
  const row = {
    name: tried.name,
    arrange,
    cooperative: ['closed', 'closed'],
    managed: ['closed', 'closed'],
    isExclusive: false,
    isShort: false,
  } as const;
  const { results } = await runCell(site, row, { version, deployment: 'cooperative', modes: ['bypass'] });
  const told = results.flatMap(({ toolResults }) => toolResults.filter(({ tool }) => tool !== 'Read'));
  const asked = results
    .flatMap(({ requests }) => requests)
    .flatMap(({ content }) =>
      content.kind === 'action' && JSON.stringify(content.action).includes(ground?.folder.split('/').at(-1) ?? '?')
        ? [content.action]
        : [],
    );
  return { changed: before !== after, told, asked };
}

const some = <T>(all: readonly T[]) => (isShort ? all.slice(0, 3) : all);

describe('attacks on the gate with tools', () => {
  let site: ClaudeSite | undefined;
  const opened = () => {
    if (site === undefined) throw new Error('no site');
    return site;
  };
  beforeAll(async () => {
    site = await openSite({ plugin: 'none' });
  });
  afterAll(() => site?.close());

  for (const version of versionsUnderTest) {
    requiresClaude(version)(`Claude Code ${version}`, () => {
      describe(rules('LOC-070', 'INV-23')`magic text`, { concurrent: true }, () => {
        test.each(some(MAGIC_TEXT))('$name does not get through', async (tried) => {
          const { changed, told } = await attack(opened(), version, tried);
          expect(changed, JSON.stringify(told)).toBe(false);
          expect(told.every(({ isError }) => isError)).toBe(true);
        });
      });
    });
  }

  describe('while auto mode is on, signed by the approver', () => {
    beforeAll(async () => {
      opened().human.answering = () => 'approve';
      await opened().airlock('auto', 'on', '--for', '1');
    });

    for (const version of versionsUnderTest) {
      requiresClaude(version)(`Claude Code ${version}`, () => {
        test('an ordinary command passes without being asked', async () => {
          const tried = {
            name: '',
            steps: ({ effect }: Ground) => [call('Bash', { command: `echo ran > '${effect}'`, description: 'd' })],
          };
          const { changed, asked } = await attack(opened(), version, tried);
          expect({ changed, asked }).toEqual({ changed: true, asked: [] });
        });

        describe(rules('LOC-090', 'LOC-060', 'INV-38')`self-disabling attacks`, { concurrent: true }, () => {
          test.each(some(SELF_DISABLING))('$name reaches the human marked, or is denied', async (tried) => {
            const { changed, told, asked } = await attack(opened(), version, tried);
            expect(changed, JSON.stringify(told)).toBe(false);
            expect(told.length).toBeGreaterThan(0);
            for (const action of asked) expect(action.notices).toContain('touches-gate');
          });
        });
      });
    }
  });
});
