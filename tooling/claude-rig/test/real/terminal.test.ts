import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  call,
  type ClaudeSite,
  ClaudeTerminal,
  modelServer,
  openSite,
  requiresClaude,
  versionsUnderTest,
} from '../../src/index.js';

describe('in a terminal', () => {
  let site: ClaudeSite;
  beforeAll(async () => {
    site = await openSite({ plugin: 'none' });
  });
  afterAll(() => site.close());

  for (const version of versionsUnderTest) {
    requiresClaude(version)(`Claude Code ${version}`, () => {
      test('without the plugin a prompt runs', async () => {
        const model = await modelServer({
          prompt: 'make a file',
          steps: [call('Bash', { command: `echo > tui-${version}` })],
        });
        const terminal = new ClaudeTerminal(site, { version, mode: 'bypass', model });
        try {
          await terminal.ready();
          await terminal.enter('make a file');
          await terminal.sees(/done/);
          expect(existsSync(join(site.project.folder, `tui-${version}`))).toBe(true);
        } finally {
          await terminal.close();
          await model.close();
        }
      });
    });
  }
});
