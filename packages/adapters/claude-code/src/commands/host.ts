import { versionSaid } from '../events/host-agent.js';
import { hostMeaning } from '../install/host-version.js';
import { copiesFolder } from '../install/install.js';
import { managedPlaces } from '../install/managed-settings.js';
import { pluginState } from '../install/plugin-state.js';
import { TRUST } from '../session/host-words.js';
import type { CommandSession } from './session.js';
import { visible } from './words.js';

/** The host and the installation, without a new process: its version is what the host says of itself. */
export function hostLines({ program, paths, environment }: CommandSession): readonly string[] {
  const version = versionSaid(environment);
  const { kind, faults } = pluginState(program.plugin, {
    copies: copiesFolder(paths),
    managed: managedPlaces(process.platform),
  });
  const open = version === null ? [] : hostMeaning(version).open;
  return [
    `host       Claude Code ${version ?? 'of a version not told here'}, ${TRUST[kind]}; more: airlock claude status`,
    ...open.map((each) => `OPEN       ${each}; update Claude Code`),
    ...faults.map((fault) => `FAULT      ${visible(fault)}`),
  ];
}
