const list = (names: string): ReadonlySet<string> => new Set(names.split(' '));

const INTERPRETERS = list(
  'sh bash dash zsh ksh fish csh tcsh ash busybox python python2 python3 node nodejs deno bun perl ruby php lua pwsh ' +
    'powershell osascript tclsh awk gawk eval source . exec xargs',
);
const DECODERS = list(
  'base64 base32 basenc uudecode xxd od openssl gunzip zcat gzip bunzip2 bzcat unxz xzcat zstd zstdcat rev tr printf ' +
    'curl wget fetch aria2c nc ncat socat',
);
const NETWORK = list(
  'curl wget fetch aria2c nc ncat netcat socat telnet ftp tftp sftp ssh scp rsync mosh dig nslookup host ping ' +
    'npx bunx pipx pip pip3 gem gh glab aws gcloud az kubectl helm docker podman',
);
/** Programs that use the network with some of their words only. */
const NETWORK_WORDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    git: list('clone fetch pull push remote ls-remote submodule send-email archive'),
    npm: list('install i ci add update publish exec login view audit'),
    pnpm: list('install i add update publish dlx audit'),
    yarn: list('install add upgrade publish dlx npm'),
    bun: list('install add update publish x'),
    cargo: list('install add fetch publish update search'),
    go: list('get install mod'),
    brew: list('install update upgrade fetch'),
    apt: list('install update upgrade download'),
    'apt-get': list('install update upgrade download source'),
  }),
);
const URL_OR_DEVICE = /(?:^|[^a-z])(?:https?|ftps?|sftp|ssh|git|wss?):\/\/|\/dev\/(?:tcp|udp)\//i;

/** Last part of a program word, lower case, without a Windows extension. */
export function programName(word: string): string {
  const name = word.slice(Math.max(word.lastIndexOf('/'), word.lastIndexOf('\\')) + 1);
  return name.toLowerCase().replace(/\.(?:exe|cmd|bat)$/, '');
}

/** A program that runs the text it is given. */
export function isInterpreter(word: string): boolean {
  const name = programName(word);
  return INTERPRETERS.has(name) || INTERPRETERS.has(name.replace(/(?<![\d.])[\d.]+$/, ''));
}

/** A program that runs the program or the text its words name. */
export function runsOtherCommands(word: string): boolean {
  return isInterpreter(word) || WRAPPERS.has(programName(word));
}

/** A program whose output does not look like its input. */
export function isDecoder(word: string): boolean {
  return DECODERS.has(programName(word));
}

/** True when the words of a simple command can reach the network. */
export function usesNetwork(words: readonly string[]): boolean {
  const subcommands = new Set<ReadonlySet<string>>();
  let isProgram = true;
  for (const word of words) {
    const name = programName(word);
    if (URL_OR_DEVICE.test(word) || (isProgram && NETWORK.has(name))) return true;
    for (const names of subcommands) if (names.has(word)) return true;
    const own = NETWORK_WORDS.get(name);
    if (own !== undefined) subcommands.add(own);
    // Behind wrappers such as `sudo` or `env` the program is a later word.
    isProgram &&= isWrapping(word);
  }
  return false;
}

const WRAPPERS = list('sudo doas env nice nohup setsid time timeout command exec stdbuf xargs busybox');

function isWrapping(word: string): boolean {
  return WRAPPERS.has(programName(word)) || word.startsWith('-') || word.includes('=') || /^\d/.test(word);
}
