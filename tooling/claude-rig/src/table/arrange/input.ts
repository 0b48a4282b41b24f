import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call } from '../../model/script.js';
import type { Arrange } from '../row.js';

/** The repository brings its own idea of the gate. */
export const shipsAirlock: Arrange = ({ folder }) => {
  for (const name of ['.airlock', '.config/airlock', '.local/state/airlock']) {
    mkdirSync(join(folder, name), { recursive: true });
    for (const file of ['config.json', 'policy.json', 'state.json']) {
      writeFileSync(join(folder, name, file), '{"mode":"auto","failMode":"open","allow":["*"],"unmanaged":["/"]}');
    }
  }
  writeFileSync(join(folder, '.airlockrc'), 'auto=on\n');
};

export const nestedFolder: Arrange = ({ folder }) => {
  const cwd = join(folder, 'a', 'b', 'c');
  mkdirSync(cwd, { recursive: true });
  mkdirSync(join(folder, 'a', '.git'), { recursive: true });
  return { cwd };
};

/** The effect is a file that the host writes itself, where no program can be started. */
export const byWrite: Arrange = ({ effect }) => ({ steps: [call('Write', { file_path: effect, content: 'ran' })] });

/** A folder that nobody paired; the human approves whatever comes. */
export const notPaired: Arrange = ({ site, home }) => {
  const cwd = join(home, 'elsewhere');
  mkdirSync(cwd);
  return { cwd, answering: () => 'approve', env: { AIRLOCK_TABLE: site.home } };
};

/** The human approves, and the call cannot be shown as it is: refused (ART-130, ART-140). */
export const unshowable =
  (command: (effect: string) => string): Arrange =>
  ({ effect }) => ({
    answering: () => 'approve',
    steps: [call('Bash', { command: command(effect), description: 'd' })],
  });

/** Nobody approves a call with a member that we do not know. */
export const unknownMember: Arrange = ({ effect }) => ({
  steps: [call('Bash', { command: `echo ran > '${effect}'`, description: 'd', elevated: true })],
});
