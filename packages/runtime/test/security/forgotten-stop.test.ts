import { appendFileSync, rmSync } from 'node:fs';
import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { ensureDaemon } from '../../src/daemon/ensure.js';
import { daemonState, stopDaemon } from '../../src/daemon/stop.js';
import type { RuntimePaths } from '../../src/paths/paths.js';
import { withRestrictions } from '../../src/restrictions/restrictions.js';
import { repairStorage } from '../../src/state/repair.js';
import { scene } from '../support/daemon.js';

const SLOW = { timeout: 30_000 };

describe(rules('LOC-085', 'LOC-065')`a list of restrictions damaged to undo a deliberate stop`, () => {
  const damage: ReadonlyArray<readonly [string, (paths: RuntimePaths) => void]> = [
    ['garbage in it', (paths) => appendFileSync(paths.restrictionsFile, 'x\n')],
    ['its removal', (paths) => rmSync(paths.restrictionsFile)],
    ['the removal of its integrity record', (paths) => rmSync(`${paths.restrictionsFile}.anchor`)],
  ];

  it.each(damage)(
    '%s: the list that a repair begins says stopped until the user starts the daemon',
    SLOW,
    async (_, spoil) => {
      const made = await scene();
      await made.daemon.close();
      await stopDaemon(made.paths);
      spoil(made.paths);
      const { remaining, stopped } = await repairStorage(made.paths);
      expect(remaining).toEqual([]);
      expect(stopped).toBe(true);
      expect(await daemonState(made.paths)).toMatchObject({ stoppedByUser: true });
      const command = ['-e', 'process.exit(9)'];
      await expect(ensureDaemon({ paths: made.paths, command })).rejects.toMatchObject({
        code: 'daemon_stopped',
        fix: 'airlock daemon start',
      });
    },
  );

  it('a repair of another file stops nothing', SLOW, async () => {
    const made = await scene();
    await made.daemon.close();
    appendFileSync(made.paths.journalFile, 'x\n');
    expect(await repairStorage(made.paths)).toMatchObject({ remaining: [], stopped: false });
    expect(await withRestrictions(made.paths, (list) => list.stopped)).toBe(false);
  });
});
