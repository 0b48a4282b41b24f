import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { off, on, show } from '../../src/commands/mcp/endpoint.js';
import { openSite, type Site } from '../examples/site.js';
import { recordingCli } from '../policy/cli.js';

const MINUTE = 60_000;

describe('airlock mcp endpoint', () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
  }, MINUTE);

  afterAll(() => site.close(), MINUTE);

  const cli = () => recordingCli({ AIRLOCK_HOME: site.paths.home ?? '' });

  it('prints address and token, once, and says that it does', async () => {
    const recorded = cli();
    const { said, printed } = recorded;
    expect(await on(recorded, { port: 0, workspace: site.workspace })).toBe(0);
    expect(printed).toEqual([
      expect.stringMatching(/^on: {8}http:\/\/127\.0\.0\.1:\d+$/),
      `workspace: ${site.workspace}`,
      expect.stringMatching(/^token: {5}airend_[\w-]{43}$/),
    ]);
    expect(said).toEqual([expect.stringContaining('not shown again')]);
    const shown = cli();
    await show(shown, {});
    expect(shown.printed).toEqual(printed.slice(0, 2));
  });

  it('in JSON', async () => {
    const json = async (command: typeof show) => {
      const shown = cli();
      expect(await command(shown, { json: true })).toBe(0);
      return JSON.parse(shown.emitted[0] ?? '');
    };
    const { workspace } = site;
    const made = await json((each) => on(each, { json: true, port: 0, workspace }));
    expect(made).toEqual({ state: 'on', workspace, url: expect.any(String), token: expect.any(String) });
    expect(await json(show)).toEqual({ state: 'on', workspace, url: made.url });
    expect(await json(off)).toEqual({ state: 'off' });
    expect(await json(show)).toEqual({ state: 'off' });
  });

  it('refuses what is no folder, and folders that nobody decides about', async () => {
    await expect(on(cli(), { port: 0, workspace: `${site.workspace}/none` })).rejects.toThrow('is not a folder');
    await expect(on(cli(), { port: 0, workspace: site.paths.home ?? '' })).rejects.toMatchObject({
      code: 'not_paired',
    });
  });
});
