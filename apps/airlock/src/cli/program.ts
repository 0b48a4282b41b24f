import { Command } from 'commander';
import { defineApprover } from '../commands/approver/define.js';
import { defineAudit } from '../commands/audit/define.js';
import { defineClaude } from '../commands/claude/define.js';
import { defineCompletion } from '../commands/completion/define.js';
import { defineDaemon } from '../commands/daemon/define.js';
import { defineDoctor } from '../commands/doctor/define.js';
import { defineGateway } from '../commands/gateway/define.js';
import { defineGit } from '../commands/git/define.js';
import { defineMcp } from '../commands/mcp/define.js';
import { definePairing } from '../commands/pairing/define.js';
import { definePolicy } from '../commands/policy/define.js';
import { defineAuto, defineFailMode, definePatterns } from '../commands/policy/define-modes.js';
import { defineApprove, defineRun } from '../commands/run/define.js';
import { defineSession } from '../commands/session/define.js';
import { defineStatus } from '../commands/status/define.js';
import { defineUp } from '../commands/up/define.js';
import { readOrigins } from './options.js';
import { withExamples } from './examples.js';
import type { Scope } from './scope.js';
import { VERSION } from './version.js';

/** A summary as it reads alone. */
function sentence(summary: string): string {
  return `${summary.slice(0, 1).toUpperCase()}${summary.slice(1)}.`;
}

/** Makes every command throw instead of exiting, and print errors in our own one-line form. */
function settle(command: Command, write: (text: string) => void): void {
  command.exitOverride().configureOutput({ writeOut: write, writeErr: () => undefined });
  if (command.description() === '') command.description(sentence(command.summary()));
  command.showSuggestionAfterError(true).helpCommand(false).helpOption('-h, --help', 'show this help');
  for (const child of command.commands) settle(child, write);
}

/** The whole command tree. Nothing of an action is loaded before it runs. */
export function createProgram(scope: Scope): Command {
  const program = withExamples(new Command('airlock'), [
    ['airlock up', 'try everything on this machine; prints what to type next'],
    ['airlock run -- npm publish', 'ask before a command runs'],
    ['airlock doctor', 'find out what is wrong, and what to type'],
  ])
    .description("A human's signature between an AI agent and the act")
    .usage('COMMAND')
    .version(VERSION, '-V, --version', 'print the version')
    .enablePositionalOptions()
    .hook('preAction', async (_, command) => await readOrigins(command));
  defineUp(program, scope);
  defineSession(program, scope);
  definePairing(program, scope);
  defineStatus(program, scope);
  defineRun(program, scope);
  defineApprove(program, scope);
  definePatterns(program, scope);
  defineAuto(program, scope);
  defineFailMode(program, scope);
  definePolicy(program, scope);
  defineDaemon(program, scope);
  defineApprover(program, scope);
  defineGateway(program, scope);
  defineClaude(program, scope);
  defineGit(program, scope);
  defineMcp(program, scope);
  defineAudit(program, scope);
  defineDoctor(program, scope);
  defineCompletion(program, scope);
  settle(program, (text) => scope.cli.emit(text.replace(/\n$/, '')));
  return program;
}
