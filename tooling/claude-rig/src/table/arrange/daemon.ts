import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../until.js';
import type { Arrange, Ground } from '../row.js';
import { wasAsked } from '../run-cell.js';
import { both, pluginText } from './hook.js';

/** How long the human is waited for: enough on a busy machine. */
export const APPROVAL_SECONDS = 30;

/** And where nobody can answer anyway, so that a row ends with the deadline. */
export const HOPELESS_SECONDS = 8;

/** The daemon as it should be, whatever was there before. */
export async function repair({ site }: Ground, approvalSeconds = APPROVAL_SECONDS): Promise<void> {
  await site.stopDaemon('SIGKILL');
  // A killed daemon leaves its socket behind, which would look like the new one's.
  rmSync(join(site.airlockHome, 'run', 'daemon.sock'), { force: true });
  await site.restartDaemon({ AIRLOCK_APPROVAL_SECONDS: String(approvalSeconds) });
  await until(() => site.daemonPid() !== undefined);
}

/** The daemon is gone when the host starts. */
export const daemonKilled: Arrange = async (ground) => {
  await ground.site.stopDaemon('SIGKILL');
  return { restore: () => repair(ground) };
};

/** And nothing can start it again. */
export const daemonCannotStart: Arrange = async (ground) => {
  await ground.site.stopDaemon('SIGKILL');
  rmSync(join(ground.plugin, 'lib', 'daemon.js'));
  return { restore: () => repair(ground) };
};

export const daemonKilledWhileAsked: Arrange = (ground) => {
  let isKilled = false;
  return {
    answering: () => (isKilled ? { reject: 'too late' } : 'wait'),
    meanwhile: async () => {
      await until(() => wasAsked(ground));
      await ground.site.stopDaemon('SIGKILL');
      isKilled = true;
    },
    restore: () => repair(ground),
  };
};

/** Deadlines of seconds instead of minutes, for what hangs. */
export const impatient = both(
  pluginText('hooks/hook.pl', 'alarm 315', 'alarm 8'),
  pluginText('hooks/hooks.json', /"timeout": 30,/g, '"timeout": 5,'),
  pluginText('hooks/ask.mjs', '320_000', '-5000'),
);

/** The daemon stops doing anything (SIGSTOP) while the human is asked. */
export const daemonStopped: Arrange = both(impatient, (ground) => {
  const pid = ground.site.daemonPid();
  if (pid === undefined) throw new Error('no daemon');
  return {
    answering: () => 'wait',
    meanwhile: async () => {
      await until(() => wasAsked(ground));
      process.kill(pid, 'SIGSTOP');
    },
    restore: () => repair(ground),
  };
});

/** The human stopped the daemon: nobody starts it but the human. */
export const daemonStoppedOnPurpose: Arrange = async (ground) => {
  await ground.site.airlock('daemon', 'stop');
  return {
    restore: async () => {
      await ground.site.airlock('daemon', 'start');
      await repair(ground);
    },
  };
};
