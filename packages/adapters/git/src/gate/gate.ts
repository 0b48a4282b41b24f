import { openRepository, type Repository } from '../repository/repository.js';
import { announce } from './commit-message.js';
import { goingOn } from './going-on.js';
import type { GatePorts, HookExit } from './ports.js';
import { beforePush, type Remote } from './push.js';
import { afterUpdate, beforeUpdate } from './reference-transaction.js';
import { refusalLine } from './refusal.js';

export type { GateDaemon, GatePorts, HookExit } from './ports.js';

/**
 * `reference-transaction STATE`: asks about every commit that is new to the branches (`prepared`), writes receipts down
 * (`committed`), or gives the approval back (`aborted`). Judges `refs/heads/` only.
 */
export async function referenceTransaction(state: string, input: string, ports: GatePorts): Promise<HookExit> {
  if (state !== 'prepared' && state !== 'committed' && state !== 'aborted') return 0;
  return await within(ports, async (repository) => {
    if (state !== 'prepared') {
      await afterUpdate(state, { input, repository }, ports);
      return;
    }
    try {
      await beforeUpdate(input, repository, ports);
    } catch (thrown) {
      ports.say(refusalLine(thrown));
      ports.say(await goingOn(repository));
      throw new Said();
    }
  });
}

/** `pre-push REMOTE URL`: asks about every reference update with the commits that are new to the remote. */
export async function prePush(remote: Remote, input: string, ports: GatePorts): Promise<HookExit> {
  return await within(ports, (repository) => beforePush(remote, { input, repository }, ports));
}

/** `commit-msg FILE`: puts an `Airlock-Approval` trailer with the id of the coming request into the message, where `airlock.trailer` is set. */
export async function commitMessage(file: string, ports: GatePorts): Promise<HookExit> {
  return await within(ports, (repository) => announce(file, ports.folder, repository));
}

/** Stops git without another word. */
class Said extends Error {}

/** Whatever is thrown stops git. */
async function within(ports: GatePorts, work: (repository: Repository) => Promise<void>): Promise<HookExit> {
  try {
    const repository = await openRepository(ports.folder, ports.environment);
    try {
      await work(repository);
      return 0;
    } finally {
      await repository.close();
    }
  } catch (thrown) {
    if (!(thrown instanceof Said)) ports.say(refusalLine(thrown));
    return 1;
  }
}
