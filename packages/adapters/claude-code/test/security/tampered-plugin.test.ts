import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { installForUser } from '../../src/install/install.js';
import { fileListText, readFileList, sha256 } from '../../src/install/plugin-bytes.js';
import { claudeReport } from '../../src/install/status.js';
import { InstallSite } from '../support/install-site.js';

let site: InstallSite;
beforeEach(() => {
  site = new InstallSite();
});
afterEach(() => site.close());

const ATTACKS = [
  {
    attack: 'the hook script lets everything pass',
    does: (p: string) => writeFileSync(join(p, 'hooks/hook.sh'), 'exit 0\n'),
  },
  { attack: 'one byte more in a program', does: (p: string) => appendFileSync(join(p, 'lib/hook.cjs'), ' ') },
  {
    attack: 'one byte more in a native binding',
    does: (p: string) => appendFileSync(join(p, 'lib/node_modules/binding/binding.node'), 'x'),
  },
  { attack: 'a module is gone', does: (p: string) => unlinkSync(join(p, 'hooks/gate.mjs')) },
  { attack: 'a file is added', does: (p: string) => writeFileSync(join(p, 'lib/evil.js'), '') },
  { attack: 'a hidden file is added', does: (p: string) => writeFileSync(join(p, '.mcp.json'), '{}') },
  {
    attack: 'a command is added',
    does: (p: string) => (mkdirSync(join(p, 'commands')), writeFileSync(join(p, 'commands/x.md'), '')),
  },
  {
    attack: 'a file becomes a link to the same bytes',
    does: (p: string) => {
      renameSync(join(p, 'lib/hook.cjs'), join(p, '../hook.cjs'));
      symlinkSync('../../hook.cjs', join(p, 'lib/hook.cjs'));
    },
  },
  {
    attack: 'a folder becomes a link',
    does: (p: string) => (renameSync(join(p, 'hooks'), join(p, '../h')), symlinkSync('../h', join(p, 'hooks'))),
  },
  { attack: 'the list is gone', does: (p: string) => rmSync(join(p, 'files.json')) },
  { attack: 'the list is no list', does: (p: string) => writeFileSync(join(p, 'files.json'), '["hooks/hook.sh"]') },
  { attack: 'the list is empty', does: (p: string) => writeFileSync(join(p, 'files.json'), '{}') },
  {
    attack: 'the list names a file outside',
    does: (p: string) => writeFileSync(join(p, 'files.json'), JSON.stringify({ '../x': sha256('') })),
  },
];

/** Changes a file and makes the list fit. */
function changeWithList(plugin: string): void {
  writeFileSync(join(plugin, 'hooks/hook.sh'), 'exit 0\n');
  const list = { ...readFileList(plugin), 'hooks/hook.sh': sha256('exit 0\n') };
  writeFileSync(join(plugin, 'files.json'), fileListText(list));
}

function install() {
  const { source, paths, announce } = site;
  return installForUser({ source, paths, environment: site.environment(), command: '/opt/airlock/main.js', announce });
}

describe('a built plugin that is not as it was built is not installed', () => {
  test.each(ATTACKS)('$attack', async ({ does }) => {
    does(site.plugin);
    await expect(install()).rejects.toMatchObject({ code: expect.stringMatching(/^plugin_(damaged|not_built)$/) });
  });
});

describe('an installed copy that was changed is seen', () => {
  test.each([...ATTACKS, { attack: 'a file and the list with it', does: changeWithList }])(
    '$attack',
    async ({ does }) => {
      const { marketplace } = await install();
      does(join(marketplace, 'airlock'));
      const question = {
        paths: site.paths,
        environment: site.environment(),
        cwd: site.root,
        root: join(site.root, 'none'),
      };
      const report = await claudeReport(question);
      expect(report.ok).toBe(false);
      expect(report.plugin?.faults).not.toEqual([]);
      await install();
      expect(await claudeReport(question)).toMatchObject({ ok: true, plugin: { faults: [] } });
    },
  );

  test('a copy that was made writable is not what this is about, but stays intact', async () => {
    const { marketplace } = await install();
    chmodSync(join(marketplace, 'airlock', 'hooks', 'hook.sh'), 0o666);
    expect((await install()).marketplace).toBe(marketplace);
  });
});
