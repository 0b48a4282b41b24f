import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { spawn } from '@lydell/node-pty';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ClaudeSite, openSite, until } from '../../src/index.js';

/** What `/airlock:pair` says to type. */
describe(rules('PAIR-140')`pairing with what the plugin brings, in a terminal`, () => {
  let site: ClaudeSite;
  beforeAll(async () => {
    site = await openSite({ plugin: 'side', paired: false });
  });
  afterAll(() => site.close());

  test('shows code and link on the terminal, then who the approver is', async () => {
    const { folder } = site.project;
    const program = join(site.site.root, 'plugin', 'lib', 'command.js');
    const terminal = spawn(process.execPath, [program, 'pair', folder], { cols: 400, env: { PATH: '/usr/bin:/bin' } });
    let shown = '';
    terminal.onData((text) => {
      shown += text;
    });
    const ended = new Promise<number>((resolve) => {
      terminal.onExit(({ exitCode }) => resolve(exitCode));
    });
    const linked = /Link {2}(\S+)/;
    await until(() => linked.test(shown));
    expect(shown).toMatch(/Code {2}\S+/);
    await site.human.pair(linked.exec(shown)?.[1] ?? '');
    expect(await ended).toBe(0);
    expect(shown).toContain('Recovery code, shown once. Keep it off this machine: ');
    expect(shown).toContain(`Paired ${folder} with `);
    const { workspaces } = JSON.parse(await site.airlock('status', '--json'));
    expect(workspaces).toMatchObject([{ path: folder, paired: true, assurance: 'verified' }]);
  });
});
