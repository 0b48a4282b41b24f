import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AIRLOCK } from '../../../../../apps/airlock/test/e2e/harness/command.js';
import { until } from '../../until.js';
import type { Arrange, Ground } from '../row.js';
import { daemonKilled, repair } from './daemon.js';
import { both, everyHookIs, hookIs } from './hook.js';

type Damage = (path: string) => void;

const stateOf = ({ site }: Ground) => join(site.airlockHome, 'state');

export const garbage: Damage = (path) => writeFileSync(path, '\0{"not": what it was');
export const emptied: Damage = (path) => writeFileSync(path, '');
export const removed: Damage = (path) => rmSync(path);
export const openToAll: Damage = (path) => chmodSync(path, 0o666);

/** Damages files of the state while no daemon runs; returns how to put back what was there. */
async function damageState(ground: Ground, names: readonly string[], damage: Damage): Promise<() => Promise<void>> {
  const [state, kept] = [stateOf(ground), join(ground.aside, 'state')];
  await ground.site.stopDaemon('SIGKILL');
  for (const name of names) if (!existsSync(join(state, name))) throw new Error(`there is no ${name}`);
  cpSync(state, kept, { recursive: true });
  for (const name of names) damage(join(state, name));
  return async () => {
    await ground.site.stopDaemon('SIGKILL');
    rmSync(state, { recursive: true });
    cpSync(kept, state, { recursive: true });
    chmodSync(state, 0o700);
    await repair(ground);
  };
}

/** A file of the state is damaged; the human would approve everything. */
export function stateDamaged(name: string, damage: Damage): Arrange {
  return async (ground) => ({
    answering: () => 'approve',
    restore: await damageState(ground, [name], damage),
  });
}

/** The approver signed that commands pass unasked (auto mode), and that document is damaged; the human rejects. */
export function policyDamaged(damage: Damage): Arrange {
  return async (ground) => {
    const { site } = ground;
    const { answering } = site.human;
    site.human.answering = () => 'approve';
    await site.airlock('auto', 'on', '--for', '1');
    site.human.answering = answering;
    const policies = readdirSync(join(stateOf(ground), 'policies')).map((name) => join('policies', name));
    if (policies.length === 0) throw new Error('there is no signed policy');
    const putBack = await damageState(ground, policies, damage);
    return {
      restore: async () => {
        await putBack();
        await site.airlock('auto', 'off');
      },
    };
  };
}

/** The disk under the state is full before anything is asked; the human approves. */
export const diskFull: Arrange = async (ground) => {
  await ground.site.stopDaemon('SIGKILL');
  const [state, kept] = [stateOf(ground), join(ground.aside, 'state')];
  const script = [
    'set -e',
    `cp -a '${state}' '${kept}'`,
    `mount -t tmpfs -o size=1m,mode=700 tmpfs '${state}'`,
    `cp -a '${kept}/.' '${state}'`,
    `dd if=/dev/zero of='${state}/fill' bs=1k >/dev/null 2>&1 || true`,
    'exec "$@"',
  ].join('\n');
  const mounted = ['-m', '--propagation', 'private', 'sh', '-c', script, 'sh'];
  const env = { PATH: '/usr/bin:/bin', HOME: ground.site.airlockHome, AIRLOCK_HOME: ground.site.airlockHome };
  const daemon = spawn('unshare', [...mounted, process.execPath, AIRLOCK, 'daemon', 'run'], {
    cwd: '/',
    env,
    stdio: 'ignore',
  });
  await until(() => daemon.exitCode !== null || ground.site.daemonPid() === daemon.pid);
  return { answering: () => 'approve', restore: () => repair(ground) };
};

const approved: Arrange = () => ({ answering: () => 'approve' });

/** What the hook answers goes to a full disk; the human approves. */
export const answerToFullDisk: Arrange = both(approved, hookIs('exec /bin/sh -p "${0%/*}/real.sh" "$@" >/dev/full'));

/** The hooks, and a daemon that they start, cannot write to any file; the human approves. */
export const noFileForHooks: Arrange = both(
  approved,
  everyHookIs('ulimit -f 0\nexec /bin/sh -p "${0%/*}/real.sh" "$@"'),
  daemonKilled,
);
