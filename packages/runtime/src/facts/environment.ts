import { createHash } from 'node:crypto';
import { FactsError } from './errors.js';

/** What login would set for this user on a bare system: the baseline that differences are shown against. */
export interface EnvironmentBaseline {
  readonly home: string;
  readonly user: string;
  readonly shell: string | null;
}

/** PATH of a bare login on the systems we know; any of them is no difference. */
const SYSTEM_PATHS = [
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  '/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games',
  '/usr/local/bin:/usr/bin:/bin',
  '/usr/local/bin:/usr/bin',
  '/usr/bin:/bin:/usr/sbin:/sbin',
  '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  '/usr/bin:/bin',
  '/bin:/usr/bin',
];

/** Variables that make a loader, shell or interpreter run or find other code: shown with their value. */
const LOADER_NAMES = new Set(
  (
    'PATH HOME USER LOGNAME SHELL ENV BASH_ENV BASHOPTS SHELLOPTS IFS PS4 ZDOTDIR CDPATH GLOBIGNORE ' +
    'PROMPT_COMMAND NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS GCONV_PATH NODE_REPL_EXTERNAL_MODULE ' +
    'LOCPATH NLSPATH MALLOC_TRACE GLIBC_TUNABLES GETCONF_DIR TMPDIR PERL5LIB PERLLIB PERL5OPT ' +
    'PERL5DB RUBYLIB RUBYOPT GEM_HOME GEM_PATH BUNDLE_GEMFILE CLASSPATH JAVA_TOOL_OPTIONS ' +
    '_JAVA_OPTIONS JDK_JAVA_OPTIONS JAVA_HOME MAVEN_OPTS GRADLE_OPTS LUA_PATH LUA_CPATH LUA_INIT ' +
    'PHPRC PHP_INI_SCAN_DIR DOTNET_STARTUP_HOOKS CORECLR_PROFILER_PATH R_PROFILE R_PROFILE_USER ' +
    'R_ENVIRON R_ENVIRON_USER GOFLAGS GOPATH GOROOT GOTOOLCHAIN RUSTC RUSTC_WRAPPER RUSTFLAGS ' +
    'CARGO_HOME MAKEFLAGS GNUMAKEFLAGS MAKEFILES CC CXX LD EDITOR VISUAL PAGER MANPAGER LESSOPEN ' +
    'LESSCLOSE BROWSER SUDO_ASKPASS SSH_ASKPASS OPENSSL_CONF OPENSSL_MODULES OPENSSL_ENGINES ' +
    'SSL_CERT_FILE SSL_CERT_DIR CURL_HOME WGETRC npm_config_script_shell npm_config_node_options ' +
    'npm_config_prefix npm_config_userconfig VIRTUAL_ENV DOCKER_HOST DOCKER_CONFIG KUBECONFIG ' +
    'XDG_CONFIG_HOME ANSIBLE_CONFIG TERM TERMINFO'
  ).split(' '),
);

const LOADER_PREFIXES = ['LD_', 'DYLD_', 'BASH_FUNC_', 'PYTHON', 'GIT_'];

/** Characters that a member name of a canonical document may have (CRYP-120). */
const BINDABLE_NAME = /^[!#-%'-;=?-[\]-~]{1,128}$/;

function isLoaderVariable(name: string): boolean {
  return LOADER_NAMES.has(name) || LOADER_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function isBaseline(name: string, value: string, baseline: EnvironmentBaseline): boolean {
  switch (name) {
    case 'HOME':
      return value === baseline.home;
    case 'USER':
    case 'LOGNAME':
      return value === baseline.user;
    case 'SHELL':
      return value === (baseline.shell ?? '/bin/sh');
    case 'PATH':
      return SYSTEM_PATHS.includes(value);
    default:
      return false;
  }
}

/** `=` and the value, `sha256:` and its hash, or `unset`: no two environments have one description. */
function describe(name: string, value: string): string {
  if (isLoaderVariable(name)) return `=${value}`;
  return `sha256:${createHash('sha256').update(value, 'utf8').digest('hex')}`;
}

/**
 * Describes an environment by its differences from `env -i` with HOME, USER, SHELL and PATH of a bare login: loader
 * and interpreter variables with their value, all others by name and hash, so that secrets stay out of the card.
 *
 * @throws FactsError `environment_not_bindable` when a name cannot stand in a canonical document
 */
export function environmentDifferences(
  environment: Readonly<Record<string, string>>,
  baseline: EnvironmentBaseline,
): Readonly<Record<string, string>> {
  const differences: Record<string, string> = {};
  for (const name of Object.keys(environment).sort()) {
    const value = environment[name] ?? '';
    if (isBaseline(name, value, baseline)) continue;
    if (!BINDABLE_NAME.test(name) || name === '__proto__') {
      throw new FactsError('environment_not_bindable', `environment variable ${JSON.stringify(name)} cannot be shown`, {
        fix: 'unset it, for example: env -u NAME airlock run -- …',
      });
    }
    differences[name] = describe(name, value);
  }
  for (const name of ['HOME', 'USER', 'SHELL', 'PATH']) {
    if (environment[name] === undefined) differences[name] = 'unset';
  }
  return differences;
}
