import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  call,
  type ClaudeSite,
  isShort,
  mentions,
  openSite,
  requiresClaude,
  runClaude,
  until,
  versionsUnderTest,
} from '../../src/index.js';

/** Settings that would take the gate out of the session, and whose they are. */
const CHANGES = [
  {
    name: 'the repository switches all hooks off',
    of: 'project',
    file: 'settings.json',
    to: { disableAllHooks: true },
  },
  { name: 'the user enables no plugin any more', of: 'home', file: 'settings.json', to: {} },
  {
    name: 'local settings disable the plugin',
    of: 'project',
    file: 'settings.local.json',
    to: { enabledPlugins: { 'airlock@airlock': false } },
  },
] as const;

const changes = CHANGES.slice(0, isShort ? 1 : undefined);

describe(rules('LOC-080', 'LOC-100')`settings that change while a session runs`, () => {
  let site: ClaudeSite;
  beforeAll(async () => {
    site = await openSite({ plugin: 'installed' });
    site.human.answering = (opened) => (mentions(opened, 'after-') ? { reject: 'not now' } : 'approve');
  });
  afterAll(() => site?.close());

  async function refusals(): Promise<number> {
    const entries = JSON.parse(await site.airlock('audit', 'list', '--json')) as readonly Record<string, unknown>[];
    return entries.filter(({ kind, code }) => kind === 'host.incident' && code === 'settings_refused').length;
  }

  /** Whether the change was refused, which is recorded. */
  async function isRefused(file: string, settings: object): Promise<boolean> {
    const known = await refusals();
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(settings));
    return until(async () => (await refusals()) > known).then(
      () => true,
      () => false,
    );
  }

  for (const version of versionsUnderTest) {
    requiresClaude(version)(`Claude Code ${version}`, () => {
      test.each(changes)('$name: refused, and the next call is asked about', async ({ of, file: name, to }) => {
        const file = join(of === 'home' ? site.home : site.project.folder, '.claude', name);
        const before = existsSync(file) ? readFileSync(file) : null;
        const [first, next] = [`before-${version}`, `after-${version}`];
        let refused: boolean | undefined;
        const change = async () => {
          refused ??= await isRefused(file, to);
        };
        const writes = (each: string) => call('Bash', { command: `echo ran >> ${each}` });
        const steps = [writes(first), { ...writes(next), before: change }];
        const effects = [first, next];
        const result = await runClaude(site, { version, mode: 'bypass', steps, effects });
        if (before === null) rmSync(file);
        else writeFileSync(file, before);
        expect(refused).toBe(true);
        expect(result.ran).toEqual({ [first]: true, [next]: false });
        const asked = effects.map((each) => result.requests.filter((opened) => mentions(opened, each)).length);
        expect(asked).toEqual([1, 1]);
      });
    });
  }
});
