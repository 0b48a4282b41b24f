import type { RiskMark } from '../render/marks.js';
import { isDecoder, isInterpreter, usesNetwork } from './programs.js';
import { type ScannedCommand, type ScannedLine, scanLine } from './scan.js';

/** Words that name the gate itself: its files, socket, commands and the host settings that switch it off (LOC-090). */
const GATE =
  /(?:^|[/\\=.\s'"])airlock(?:$|[/\\.\s:_-])|AIRLOCK_|\.claude(?:$|[/\\])|\.git[/\\]hooks|core\.hookspath|--no-verify|(?:^|[/\\])\.?mcp\.json$/i;
const SHELL = /^(?:ba|da|z|k|a)?sh$/;

/** What a command line that a shell will read warns about. */
export function lineMarks(line: string, root?: string): readonly RiskMark[] {
  const scanned = scanLine(line);
  const marks = new Set(scanned.commands.flatMap((command) => wordMarks(command.words, root)));
  if (GATE.test(line)) marks.add('touches-gate');
  if (scanned.hasRedirect) marks.add('redirect');
  if (scanned.hasSubstitution) marks.add('substitution');
  if (decodesIntoInterpreter(scanned)) marks.add('decoder-to-interpreter');
  return [...marks];
}

/** What an argv that no shell reads warns about; the script of a `sh -c` is looked into. */
export function argvMarks(argv: readonly string[], root?: string): readonly RiskMark[] {
  const script = shellScript(argv);
  return [...wordMarks(argv, root), ...(script === undefined ? [] : lineMarks(script, root))];
}

/** What paths that an action names warn about. Without `root` nobody can say what lies outside. */
export function pathMarks(paths: readonly string[], root: string | undefined): readonly RiskMark[] {
  const marks: RiskMark[] = [];
  if (paths.some((path) => GATE.test(path))) marks.push('touches-gate');
  if (root !== undefined && paths.some((path) => leaves(path, root))) marks.push('outside-workspace');
  return marks;
}

function shellScript(argv: readonly string[]): string | undefined {
  const shell = argv.findIndex((word) => SHELL.test(word.slice(word.lastIndexOf('/') + 1)));
  if (shell === -1) return undefined;
  const option = argv.findIndex((word, index) => index > shell && /^-[a-z]*c[a-z]*$/i.test(word));
  return option === -1 ? undefined : argv[option + 1];
}

function wordMarks(words: readonly string[], root: string | undefined): readonly RiskMark[] {
  const marks: RiskMark[] = [];
  if (usesNetwork(words)) marks.push('network');
  if (words.some((word) => GATE.test(word))) marks.push('touches-gate');
  if (words.slice(1).some((word) => leaves(word, root)) || leavesUpwards(words[0] ?? '')) {
    marks.push('outside-workspace');
  }
  return marks;
}

/** Absolute paths that every command may name without leaving anything. */
const HARMLESS = /^\/dev\/(?:null|stdin|stdout|stderr|tty)$/;

function leaves(word: string, root: string | undefined): boolean {
  const path = word.replace(/^-{1,2}[A-Za-z-]+=/, '');
  if (path.startsWith('~')) return true;
  if (!path.startsWith('/')) return leavesUpwards(path);
  if (HARMLESS.test(path)) return false;
  return root === undefined || !isBelow(path, root);
}

function isBelow(path: string, root: string): boolean {
  const inside = root.endsWith('/') ? root : `${root}/`;
  return path === root || (path.startsWith(inside) && !leavesUpwards(path.slice(inside.length)));
}

function leavesUpwards(path: string): boolean {
  let depth = 0;
  for (const part of path.split(/[/\\]/)) {
    if (part === '..') depth -= 1;
    else if (part !== '' && part !== '.') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}

function decodesIntoInterpreter({ commands, hasSubstitution }: ScannedLine): boolean {
  const runs = (command: ScannedCommand) => command.words.some(isInterpreter);
  const decodes = (command: ScannedCommand) => command.words.some(isDecoder);
  if (hasSubstitution && commands.some(runs) && commands.some(decodes)) return true;
  let isDecoded = false;
  for (const command of commands) {
    if (!command.isPiped) isDecoded = false;
    else if (isDecoded && runs(command)) return true;
    isDecoded ||= decodes(command);
  }
  return false;
}
