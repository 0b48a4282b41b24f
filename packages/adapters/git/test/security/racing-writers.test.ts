import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { gatedFolder } from '../support/gated-folder.js';

describe(rules('ENF-140', 'ART-130')`while the approver is looking`, () => {
  it('another index changes nothing in the commit that was shown', async () => {
    const at = await gatedFolder();
    at.stage({ a: 'shown\n' });
    at.daemon.beforeClaim = () => {
      writeFileSync(join(at.folder, 'a'), 'evil\n');
      at.git(['-c', 'core.fsmonitor=false', 'hash-object', '-w', 'a']);
      writeFileSync(join(at.folder, '.git/index'), 'noise');
    };
    await at.run(['commit', '-m', 'one']);
    expect(at.git(['show', 'main:a'])).toBe('shown');
    expect(at.daemon.asked[0]?.action.commits[0]?.tree).toBe(at.git(['rev-parse', 'main^{tree}']));
  });

  it('a branch that is moved around git stops the update', async () => {
    const at = await gatedFolder();
    expect((await at.run(['commit', '--allow-empty', '-m', 'first'])).exit).toBe(0);
    const evil = at.git(['commit-tree', 'HEAD^{tree}', '-p', 'HEAD', '-m', 'evil']);
    at.daemon.beforeClaim = () => writeFileSync(join(at.folder, '.git/refs/heads/main'), `${evil}\n`);
    const { exit, said } = await at.run(['commit', '--allow-empty', '-m', 'second']);
    expect(exit).not.toBe(0);
    expect(said).toContain('refs/heads/main moved while the approver was asked');
    expect(at.daemon.outcomes.at(-1)?.outcome).toMatchObject({ result: 'not-started' });
  });

  it('a replace ref does not change what is shown', async () => {
    const at = await gatedFolder();
    const innocent = at.git(['hash-object', '-w', '--stdin'], 'innocent\n');
    at.stage({ a: 'evil\n' });
    at.git(['replace', at.git(['rev-parse', ':a']), innocent]);
    expect((await at.run(['commit', '-m', 'one'])).exit).toBe(0);
    expect(at.daemon.asked[0]?.action.commits[0]?.diff).toContain('\n+evil\n');
  });

  it('a receipt that was put below `airlock/pending` by somebody else lets nothing through', async () => {
    const at = await gatedFolder();
    expect((await at.run(['commit', '--allow-empty', '-m', 'first'])).exit).toBe(0);
    at.daemon.answers(() => 'reject');
    for (const name of ['x.update', 'x.json']) {
      writeFileSync(join(at.folder, '.git/airlock/pending', name), '{"v":1,"requestId":"req-x"}');
    }
    expect((await at.run(['commit', '--allow-empty', '-m', 'second'])).exit).not.toBe(0);
  });
});
