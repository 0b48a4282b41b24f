/** A variable or a setting that decides whether and where the gate's hooks run. */
interface Variable {
  readonly name: RegExp;
  readonly is: string;
}

const GATE = 'a variable of the gate';
const GIT = 'the configuration of git';
const HOST = 'a variable of the host';
const HOOKS = 'whether git runs hooks';

const VARIABLES: readonly Variable[] = [
  { name: /(?:^|[^A-Za-z0-9_])AIRLOCK_[A-Z]/, is: GATE },
  { name: /^\$?GIT_CONFIG(?:_|$)/, is: GIT },
  { name: /^\$?GIT_TEMPLATE_DIR$/, is: GIT },
  { name: /hookspath/i, is: HOOKS },
  { name: /^(?:init\.templatedir|include\.path|includeif\..*)$/i, is: GIT },
  { name: /(?:^|[^A-Za-z0-9_])CLAUDE_(?:CONFIG_DIR|ENV_FILE|CODE_[A-Z]|PLUGIN_[A-Z])/, is: HOST },
  { name: /^\$?(?:HUSKY|HUSKY_SKIP_HOOKS|HUSKY_SKIP_INSTALL|LEFTHOOK|OVERCOMMIT_DISABLE)$/, is: HOOKS },
];

/** What a piece of text sets or reads, in words, or null. */
export function variableTarget(piece: string): string | null {
  return VARIABLES.find(({ name }) => name.test(piece))?.is ?? null;
}

/**
 * Variables of the gate that decide nothing about it where they are inherited: one says that a command runs inside an
 * approved one, which only makes a further `airlock run` refuse, the other where commands typed by a user look.
 */
const INHERITED = new Set(['AIRLOCK_RUN', 'AIRLOCK_HOME']);

/**
 * The names among the differences of an environment that concern the gate, with what they are. Those of the host are
 * inherited by everything that runs below it.
 */
export function environmentTargets(environment: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(environment)
    .filter((name) => !INHERITED.has(name))
    .flatMap((name) => {
      const found = variableTarget(name);
      return found === null || found === HOST ? [] : [`${found}: ${name}`];
    });
}
