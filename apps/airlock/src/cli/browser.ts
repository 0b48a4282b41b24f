import { spawn } from 'node:child_process';
import type { Cli } from './context.js';

function opener(cli: Cli): string | null {
  if (process.platform === 'darwin') return 'open';
  const display = cli.environment.DISPLAY ?? cli.environment.WAYLAND_DISPLAY;
  return display === undefined || display === '' ? null : 'xdg-open';
}

/** Opens a page where a person sits at a screen; says nothing when it cannot, the address is printed anyway. */
export function openBrowser(cli: Cli, url: string): void {
  const program = cli.stderrIsTerminal ? opener(cli) : null;
  if (program === null) return;
  const child = spawn(program, [url], { detached: true, stdio: 'ignore' });
  child.once('error', () => undefined);
  child.unref();
}
