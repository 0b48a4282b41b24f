import { type AirlockAction, airlockActionSchema, type PolicyPattern, policyPatternSchema } from '@airlock/protocol';
import type { EvaluationInput } from '../../src/evaluate/evaluate.js';
import { type ActionFacts, actionFactsSchema } from '../../src/facts.js';
import type { StandingPolicy } from '../../src/standing/model.js';

export const AT = 1_772_460_000_000;
export const BASH = '/usr/bin/bash';
export const FOLDER = '/home/dev/project';
export const CONTENT = 'c'.repeat(64);
export const SESSION = 'session-1';
export const hash = (digit: string): string => digit.repeat(64);

type Members = Readonly<Record<string, unknown>>;

/** Undefined members are left out, as they are in JSON. */
function present(members: Members): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

const COMMON: Members = {
  type: 'airlock.action',
  v: 1,
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
  source: 'run',
  sessionId: SESSION,
  contentSha256: CONTENT,
  policyVersion: 1,
  policySha256: hash('0'),
  actionType: 'terminal_command',
  commandText: 'git status',
  description: 'Run a command',
};

const KINDS: Readonly<Record<AirlockAction['kind'], Members>> = {
  command: {
    argv: ['git', 'status'],
    cwd: FOLDER,
    program: '/usr/bin/git',
    programSha256: hash('a'),
    environment: {},
    stdin: 'none',
  },
  'file-edit': { files: [{ path: '/home/dev/project/a.txt', sha256: hash('1') }] },
  'mcp-call': { server: 'files', tool: 'read', inputJson: '{"path":"a.txt"}' },
  tool: { tool: 'WebFetch', inputJson: '{"url":"https://example.org"}' },
  'git-commit': { repository: FOLDER, commits: [], refs: [] },
  'git-push': { repository: FOLDER, commits: [], refs: [] },
  'policy.change': { policy: '{"version":1}' },
};
export const ALL_KINDS = Object.keys(KINDS) as ReadonlyArray<AirlockAction['kind']>;

export function actionOf(kind: AirlockAction['kind'], change: Members = {}): AirlockAction {
  return airlockActionSchema.parse(present({ ...COMMON, kind, ...KINDS[kind], ...change }));
}

/** A line that bash reads. */
export function lineAction(commandText: string, change: Members = {}): AirlockAction {
  const program = { argv: [BASH, '-c', commandText], program: BASH, programSha256: hash('b') };
  return actionOf('command', { ...program, shell: BASH, commandText, ...change });
}

/** A command without a shell between. */
export function argvAction(argv: readonly string[], change: Members = {}): AirlockAction {
  const program = { program: `/usr/bin/${argv[0] ?? ''}`, programSha256: hash('a') };
  return actionOf('command', { argv, commandText: argv.join(' '), ...program, ...change });
}

export const programOf = (name: string, change: Members = {}) => ({
  path: `/usr/bin/${name}`,
  device: '1',
  inode: '2',
  sha256: hash('a'),
  ...change,
});

/** Builtins of the shell have no program. */
const BUILTINS = ['echo', 'true', 'pwd'];

export function commandFacts(argv: readonly string[], change: Members = {}) {
  const name = argv[0] ?? '';
  return {
    argv: [...argv],
    program: BUILTINS.includes(name) ? null : programOf(name),
    interpreters: [],
    configuration: [{ name: 'package.json', sha256: hash('d') }],
    ...change,
  };
}

export function factsOf(commands: readonly (readonly string[])[], change: Members = {}): ActionFacts {
  return actionFactsSchema.parse({
    commands: commands.map((argv) => commandFacts(argv)),
    environmentSha256: hash('e'),
    targets: [],
    unknownInput: [],
    persistentShell: false,
    ...change,
  });
}

/** A pattern pinned to what {@link commandFacts} and {@link factsOf} say. */
export function patternOf(text: string, change: Members = {}): PolicyPattern {
  const name = text.split(' ')[0] ?? '';
  return policyPatternSchema.parse(
    present({
      text,
      cwd: FOLDER,
      shell: BASH,
      program: BUILTINS.includes(name) ? undefined : programOf(name),
      configuration: [{ name: 'package.json', sha256: hash('d') }],
      environmentSha256: hash('e'),
      ...change,
    }),
  );
}

export function policyOf(
  patterns: readonly PolicyPattern[],
  change: Partial<EvaluationInput['policy']> = {},
): EvaluationInput['policy'] {
  return {
    version: 1,
    sha256: CONTENT as EvaluationInput['policy']['sha256'],
    autoUntil: null,
    failOpenUntil: null,
    patterns: patterns.map((pattern, index) => ({ id: `pat-${index + 1}`, pattern })),
    tools: [],
    gatesOff: [],
    unmanaged: [],
    requirements: [],
    ...change,
  };
}

/** `git status` in bash, with its facts and nothing that covers it. */
export function inputOf(change: Partial<EvaluationInput> = {}): EvaluationInput {
  return {
    action: lineAction('git status'),
    facts: factsOf([['git', 'status']]),
    policy: policyOf([]),
    standing: [],
    session: { tainted: false },
    workspacePath: FOLDER,
    at: AT,
    ...change,
  };
}

export function standingOf(change: Partial<StandingPolicy> & Pick<StandingPolicy, 'effect'>): StandingPolicy {
  return { policyId: 'dnd-1', scope: 'workspace', createdAt: AT - 1000, expiresAt: AT + 1000, ...change };
}

export const approving = (selector: Members, change: Partial<StandingPolicy> = {}): StandingPolicy =>
  standingOf({ effect: 'approve', scope: 'action', selector: selector as StandingPolicy['selector'] & {}, ...change });
export const denying = (selector: Members, change: Partial<StandingPolicy> = {}): StandingPolicy =>
  standingOf({ effect: 'deny', scope: 'action', selector: selector as StandingPolicy['selector'] & {}, ...change });

/** A tool of the host that only reads these paths. */
export function readInput(reads: readonly string[], change: Partial<EvaluationInput> = {}): EvaluationInput {
  return inputOf({ action: actionOf('tool', { tool: 'Read' }), facts: factsOf([], { reads }), ...change });
}
