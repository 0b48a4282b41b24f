import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { touchedTargets } from '@airlock/policy';
import { describe, expect, test } from 'vitest';
import { gatePlaces } from '../../src/facts/gate-places.js';
import { resolvePaths } from '../../src/paths/paths.js';
import { file, scratch } from './scratch.js';

describe(rules('LOC-090')`where the gate lives`, () => {
  test('its folders and its socket, by name and by real path', () => {
    const root = scratch();
    mkdirSync(join(root, 'real'));
    symlinkSync('real', join(root, 'home'));
    mkdirSync(join(root, 'real/state'));
    const paths = resolvePaths({ fixedHome: join(root, 'home') });
    const { roots, processIds } = gatePlaces(paths, { programs: [], processIds: [7] });
    expect(roots).toEqual(
      [
        ...['config', 'data', 'run', 'state', 'run/daemon.sock'].map((each) => join(root, 'home', each)),
        join(root, 'real/state'),
      ].sort(),
    );
    expect(processIds).toEqual([7]);
  });

  test('the folder of its program behind links, and not the folder that the link is in', () => {
    const root = scratch();
    const main = file(join(root, 'lib/airlock/dist/main.js'), '');
    mkdirSync(join(root, 'bin'));
    symlinkSync(main, join(root, 'bin/airlock'));
    const paths = resolvePaths({ fixedHome: join(root, 'home') });
    const { roots } = gatePlaces(paths, { programs: [join(root, 'bin/airlock')], processIds: [] });
    expect(roots).toEqual(expect.arrayContaining([join(root, 'bin/airlock'), main, join(root, 'lib/airlock/dist')]));
    expect(roots).not.toContain(join(root, 'bin'));
  });

  test('a program in a folder of many programs protects itself alone', () => {
    const root = scratch();
    const main = file(join(root, 'bin/airlock'), '');
    const paths = resolvePaths({ fixedHome: join(root, 'home') });
    const places = gatePlaces(paths, { programs: [main], processIds: [] });
    expect(places.roots).toContain(main);
    expect(places.roots).not.toContain(join(root, 'bin'));
    const other = { kind: 'command', argv: [join(root, 'bin/tool')], cwd: root };
    expect(touchedTargets(other, null, places)).toEqual([]);
    expect(touchedTargets({ ...other, argv: ['cat', main] }, null, places)).not.toEqual([]);
  });
});
