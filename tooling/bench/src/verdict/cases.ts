import {
  type ActionFacts,
  type EvaluationInput,
  policyInForce,
  type PolicyInForce,
  type StandingPolicy,
} from '@airlock/policy';
import {
  type AirlockAction,
  airlockActionSchema,
  canonicalize,
  parseHexSha256,
  type PolicyPattern,
  policyPatternSchema,
} from '@airlock/protocol';

const FOLDER = '/home/dev/project';
const BASH = '/usr/bin/bash';
const AT = Date.parse('2026-03-02T14:00:00.000Z');
const hash = (digit: string) => digit.repeat(64);

const GIT = [
  'status',
  'diff',
  'log',
  'show',
  'branch',
  'stash list',
  'remote',
  'rev-parse HEAD',
  'ls-files',
  'describe',
];
const TOOLS = ['npm', 'pnpm', 'cargo', 'make', 'go', 'tsc', 'pytest', 'eslint', 'vitest'];
const TASKS = ['test', 'build', 'check', 'lint', 'docs', 'format', 'types', 'unit', 'e2e', 'clean'];

/** A hundred texts: what somebody who works with many tools ends up with. */
const TEXTS = [...GIT.map((word) => `git ${word}`), ...TOOLS.flatMap((tool) => TASKS.map((task) => `${tool} ${task}`))];

const program = (name: string) => ({ path: `/usr/bin/${name}`, device: '66306', inode: '131842', sha256: hash('a') });
const configuration = ['.npmrc', 'Makefile', 'package-lock.json', 'package.json', 'tsconfig.json'].map((name) => ({
  name,
  sha256: parseHexSha256(hash('d')),
}));

function patternOf(text: string): PolicyPattern {
  const [name = ''] = text.split(' ');
  const pins = { cwd: FOLDER, shell: BASH, program: program(name), configuration, environmentSha256: hash('e') };
  return policyPatternSchema.parse({ text, ...pins });
}

function policyOfHundred(): PolicyInForce {
  return policyInForce(canonicalize({ version: 1_772_460_000, patterns: TEXTS.map(patternOf) }), []);
}

function standing(): readonly StandingPolicy[] {
  const times = { createdAt: AT - 60_000, expiresAt: AT + 600_000, scope: 'action' as const };
  const denials = ['rm', 'dd', 'shred', 'mkfs', 'curl', 'ssh', 'scp', 'npm publish'].map((words, index) => ({
    ...times,
    policyId: `dnd-deny-${index}`,
    effect: 'deny' as const,
    selector: { argvPrefix: words.split(' ') },
  }));
  const grants = ['1', '2', '3', '4', '5', '6', '7', '8'].map((digit) => ({
    ...times,
    policyId: `dnd-grant-${digit}`,
    effect: 'approve' as const,
    selector: { contentSha256: parseHexSha256(hash(digit)) },
  }));
  return [...denials, ...grants];
}

function actionOf(commandText: string): AirlockAction {
  return airlockActionSchema.parse({
    type: 'airlock.action',
    v: 1,
    kind: 'command',
    requestId: 'req-1',
    artifactType: 'command.review',
    createdAt: '2026-03-02T14:00:00.000Z',
    expiresAt: '2026-03-02T14:05:00.000Z',
    salt: 'AAAAAAAAAAAAAAAAAAAAAA',
    enforcerId: 'enf-1',
    workspaceId: 'ws-1',
    workspace: 'project',
    repoName: 'project',
    repoRef: '-',
    source: 'claude-code',
    sessionId: 'session-1',
    contentSha256: hash('c'),
    policyVersion: 1,
    policySha256: hash('0'),
    actionType: 'terminal_command',
    commandText,
    description: 'Run a command',
    argv: [BASH, '-c', commandText],
    cwd: FOLDER,
    program: BASH,
    programSha256: hash('b'),
    environment: {},
    stdin: 'none',
    shell: BASH,
  });
}

function factsOf(commands: readonly string[]): ActionFacts {
  return {
    commands: commands.map((command) => {
      const argv = command.split(' ');
      return { argv, program: policyProgram(argv[0] ?? ''), interpreters: [], configuration };
    }),
    environmentSha256: parseHexSha256(hash('e')),
    targets: [],
    unknownInput: [],
    persistentShell: false,
  };
}

const policyProgram = (name: string) => ({ ...program(name), sha256: parseHexSha256(hash('a')) });

/** One call: what the daemon knows when it has to decide, and what must come out. */
export interface Case {
  readonly input: EvaluationInput;
  readonly text: string;
  readonly expected: 'allow' | 'ask' | 'deny';
}

/**
 * Lines of 1 to 16 covered commands; then one command that nothing covers, a line that is not read, and one that is
 * denied. A hundred patterns, eight denials and eight grants in all of them.
 */
export function cases(): readonly Case[] {
  const common = {
    policy: policyOfHundred(),
    standing: standing(),
    session: { tainted: false },
    workspacePath: FOLDER,
    at: AT,
  };
  const covered = Array.from({ length: 16 }, (_, index) =>
    Array.from({ length: index + 1 }, (_unused, at) => TEXTS[(index * 7 + at * 11) % TEXTS.length] ?? ''),
  );
  const caseOf = (commands: readonly string[], expected: Case['expected'], line = commands.join(' && ')): Case => {
    const action = actionOf(line);
    return { input: { ...common, action, facts: factsOf(commands) }, text: JSON.stringify(action), expected };
  };
  return [
    ...covered.map((commands) => caseOf(commands, 'allow')),
    caseOf([...(covered[15]?.slice(1) ?? []), 'git push'], 'ask'),
    caseOf([], 'ask', 'for file in $(git ls-files); do wc -l "$file"; done'),
    caseOf(['npm test', 'rm build'], 'deny'),
  ];
}
