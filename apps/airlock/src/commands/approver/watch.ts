import { type Cli, printJson } from '../../cli/context.js';
import { interruptible } from '../../cli/interruptible.js';
import { commandLine } from '../../cli/invocation.js';
import { cardText } from '../../device/card-text.js';
import { openDevice } from '../../device/device.js';
import { pendingRequests } from '../../device/requests.js';
import type { DeviceFlags } from './device-flags.js';
import { inboxRow } from './inbox.js';

const POLL_MS = 1_000;

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, POLL_MS);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** `airlock approver watch`: prints each request once, and when it is gone. */
export function watch(cli: Cli, flags: DeviceFlags): Promise<number> {
  return interruptible(cli, async (signal) => {
    const device = openDevice(cli, flags);
    const shown = new Set<string>();
    if (!flags.json) cli.say('airlock: watching; Ctrl-C ends it');
    while (!signal.aborted) {
      const pending = await pendingRequests(device);
      for (const opened of pending) {
        const { requestId } = opened.request;
        if (shown.has(requestId)) continue;
        shown.add(requestId);
        if (flags.json) printJson(cli, { event: 'request', ...inboxRow(opened) });
        else {
          for (const line of cardText(opened, Date.now())) cli.print(line);
          cli.print(`decide: ${commandLine(cli, 'approver', 'approve', requestId)}`);
        }
      }
      const waiting = new Set<string>(pending.map((opened) => opened.request.requestId));
      for (const requestId of [...shown].filter((id) => !waiting.has(id))) {
        shown.delete(requestId);
        if (flags.json) printJson(cli, { event: 'gone', requestId });
        else cli.print(`gone: ${requestId}`);
      }
      await pause(signal);
    }
    return 0;
  });
}
