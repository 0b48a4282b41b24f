import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../e2e/harness/command.js';

/** Command line, what standard error must name, what is typed on standard input. */
const MISUSE: ReadonlyArray<{ line: string; says: string; input?: string }> = [
  { line: '', says: 'up|sign-in' },
  { line: 'nonsense', says: "unknown command 'nonsense'" },
  { line: '--nonsense', says: "unknown option '--nonsense'" },
  { line: 'approver', says: 'approver init|pair' },
  { line: 'approver nonsense', says: 'approver init|pair' },
  { line: 'gateway', says: 'gateway serve|user' },
  { line: 'gateway user', says: 'add|list' },
  { line: 'gateway pat', says: 'create|list|revoke' },
  { line: 'gateway app', says: 'create|list' },
  { line: 'daemon', says: 'start|stop|status|logs' },
  { line: 'audit', says: 'list|show|verify|export|key' },
  { line: 'run', says: 'run -- CMD' },
  { line: 'run --', says: 'run -- CMD' },
  { line: 'run ls -l', says: 'run -- ls -l' },
  { line: 'run sh -c a;b', says: "run -- sh -c 'a;b'" },
  { line: 'run ls --timeout 3', says: 'put -- before the command' },
  { line: 'run -x -- true', says: "unknown option '-x'" },
  { line: 'run --timeout 0 -- true', says: 'from 1 to 86400' },
  { line: 'run --timeout soon -- true', says: 'from 1 to 86400' },
  { line: 'run --timeout -- true', says: 'argument missing' },
  { line: 'mcp proxy', says: 'either a command or --url' },
  { line: 'mcp proxy --url https://mcp.example/ -- cat', says: 'either a command or --url' },
  { line: 'mcp proxy --url https://mcp.example/ --header-env TOKEN', says: 'NAME=VARIABLE' },
  { line: 'mcp proxy --url https://mcp.example/ --header-env X-Token=AIRLOCK_NO_SUCH', says: 'a variable that is set' },
  { line: 'mcp proxy --pending-after 0 -- cat', says: 'from 1 to 86400' },
  { line: 'approve', says: '--command' },
  { line: 'approve --command', says: 'argument missing' },
  { line: 'approve --command ls --shell-pid x', says: '--shell-pid' },
  { line: 'approve --command ls --cwd /no/such/folder', says: 'is not a folder' },
  { line: 'status extra', says: 'too many arguments' },
  { line: 'sign-in --pat-stdin --pat-file x', says: 'cannot be used with' },
  { line: 'sign-in --device --pat-stdin', says: 'cannot be used with' },
  { line: 'sign-in --gateway http://gateway.example', says: 'https://' },
  { line: 'sign-in --gateway ftp://localhost', says: 'https://' },
  { line: 'sign-in --gateway https://user:pw@gateway.example', says: 'origin' },
  { line: 'sign-in --gateway https://gateway.example/path', says: 'origin' },
  { line: 'sign-in --gateway gateway', says: 'https://gateway.example' },
  { line: 'sign-in --gateway https://gateway.example --pat-file /no/such/file', says: 'cannot be read' },
  { line: 'sign-in --gateway https://gateway.example --pat-stdin', says: 'empty', input: '\n' },
  { line: 'sign-in --client-secret-stdin', says: '--client-id' },
  { line: 'pair K7M2QX', says: 'never typed as an argument' },
  { line: 'pair --claim K7M2QX', says: 'never typed as an argument' },
  { line: 'pair --claim', says: 'no terminal' },
  { line: 'pair --claim -', says: 'the code is missing' },
  { line: 'pair --workspace /no/such/folder', says: 'is not a folder' },
  { line: 'up --host 0.0.0.0 --port 0', says: '--tls-cert' },
  { line: 'up --host gateway.example --port 0', says: '--public-url' },
  { line: 'up --tls-cert x', says: '--tls-key' },
  { line: 'up --port 70000', says: 'from 0 to 65535' },
  { line: 'up --public-url http://gateway.example', says: 'https://' },
  { line: 'gateway serve --host 192.0.2.1 --port 0', says: '--tls-cert' },
  { line: 'gateway serve --config /no/such/file', says: 'cannot be used' },
  { line: 'gateway serve --config bad.json', says: 'JSON object' },
  { line: 'gateway serve --config misspelt.json', says: 'trustProxies' },
  { line: 'gateway serve --database-url postgres://x', says: 'not available' },
  { line: 'gateway serve --issuer https://id.example', says: 'not available' },
  { line: 'gateway user add', says: 'missing required argument' },
  { line: 'gateway user add ../x', says: 'user name' },
  { line: 'gateway pat create --user alice', says: '--role' },
  { line: 'gateway pat create --user alice --role admin', says: 'enforcer, approver' },
  { line: 'gateway pat create --role enforcer', says: '--user' },
  { line: 'gateway pat create --user alice --role enforcer --days 400', says: 'from 1 to 365' },
  { line: 'gateway app create --name x --kind Robot', says: 'Agent' },
  { line: 'gateway approver enroll --user alice', says: '--public-url' },
  { line: 'approver init', says: '--pat-file' },
  { line: 'approver init --gateway http://localhost:1 --pat-file pat', says: '--no-passphrase' },
  { line: 'approver init nonsense', says: 'gateway approver enroll' },
  { line: 'approver pair', says: 'no terminal' },
  { line: 'approver pair -', says: 'the code is missing' },
  { line: 'approver pair TOOSHORT', says: 'approver pair CODE_OR_LINK' },
  { line: 'approver pair http://localhost/pair#v=2', says: 'approver pair CODE_OR_LINK' },
  { line: 'approver show', says: 'missing required argument' },
  { line: 'approver approve x --scope forever', says: 'once, session' },
  { line: 'approver approve x --for 0', says: 'above 0' },
  { line: 'approver deny', says: '--workspace NAME, or --all' },
  { line: 'approver deny --all --workspace widgets', says: '--workspace NAME, or --all' },
  { line: 'approver deny --all --for 1441', says: 'up to 1440' },
  { line: 'approver end', says: 'missing required argument' },
  { line: 'approver render', says: '--batch' },
  { line: 'approver render --batch', says: 'line 1', input: '{"raw":1,"mode":"text"}\n' },
  { line: 'approver render --batch', says: 'line 2', input: '{"raw":"x","mode":"text"}\nnonsense\n' },
  { line: 'audit show', says: 'missing required argument' },
  { line: 'audit list --limit many', says: '--limit' },
  { line: 'audit export --format xml', says: 'json, dsse' },
  { line: 'audit export --since yesterday', says: '2026-03-02' },
  { line: 'audit export --since 2026-13-01', says: '2026-03-02' },
  { line: 'git', says: 'git install|uninstall|status|verify|pre-receive' },
  { line: 'git nonsense', says: 'git install|uninstall|status|verify|pre-receive' },
  { line: 'git install --repository', says: 'argument missing' },
  { line: 'git verify', says: 'missing required argument' },
  { line: 'git verify main...HEAD', says: '--base' },
  { line: 'git pre-receive', says: 'standard input', input: 'nonsense\n' },
  { line: 'auto', says: 'auto on|off' },
  { line: 'auto maybe', says: 'auto on|off' },
  { line: 'auto on --for 0', says: 'above 0 and up to 168' },
  { line: 'auto on --for 169', says: 'above 0 and up to 168' },
  { line: 'fail-mode ajar', says: 'open, closed' },
  { line: 'fail-mode open --for 200', says: 'above 0 and up to 168' },
  { line: 'patterns nonsense', says: 'patterns list|add|remove' },
  { line: 'patterns add', says: 'missing required argument' },
  { line: 'patterns add npm test', says: 'too many arguments' },
  { line: 'patterns add sudo', says: 'pattern_too_broad' },
  { line: 'patterns add ls|id', says: 'pattern_invalid' },
  { line: 'patterns add ls --shell fish', says: 'bash, dash, sh and zsh' },
  { line: 'patterns remove', says: 'missing required argument' },
  { line: 'policy', says: 'policy show|explain|match' },
  { line: 'policy explain', says: 'policy explain -- CMD' },
  { line: 'policy explain --', says: 'policy explain -- CMD' },
  { line: 'policy match', says: '--batch' },
  { line: 'policy match --pattern ls --shell sh', says: '--batch' },
  { line: 'policy match --batch --pattern ls', says: 'cannot be used with' },
  { line: 'policy unmanage /no/such/folder', says: 'is not a folder' },
  { line: 'policy gate-off Run', says: 'for example run' },
  { line: 'policy gate-on ../x', says: 'for example run' },
  { line: 'policy require nothing', says: 'verified-pairing, harp-decision, ask-reads' },
  { line: 'policy lift nothing', says: 'verified-pairing, harp-decision, ask-reads' },
  { line: 'completion', says: 'missing required argument' },
  { line: 'completion tcsh', says: 'bash, zsh, fish' },
];

describe(rules(
  'GW-030',
  'GW-040',
  'PAIR-140',
  'PAIR-150',
)`wrong usage is 64 and one line that says what to type`, () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'airlock-misuse-'));
    await writeFile(join(home, 'bad.json'), '[]');
    await writeFile(join(home, 'misspelt.json'), '{"port":0,"trustProxies":[]}');
    await writeFile(join(home, 'pat'), 'airpat_x', { mode: 0o600 });
  });
  afterAll(async () => {
    await run(['daemon', 'stop'], { home });
    await rm(home, { recursive: true, force: true });
  });

  test.concurrent.each(MISUSE)('airlock $line: $says', async ({ line, says, input }) => {
    const result = await run(line.split(' ').filter(Boolean), { home, ...(input === undefined ? {} : { input }) });
    expect(result.stderr).toContain(says);
    expect(result.code).toBe(64);
    expect(result.stderr).toMatch(/^airlock: [^\n]+\((?:type|try): [^\n]+\)\n$/);
    if (!line.includes('--batch')) expect(result.stdout).toBe('');
  });
});

/** A state of the machine, what is typed, and what standard error must say; all of it ends with 1. */
const BROKEN: ReadonlyArray<{ line: string; says: RegExp; home?: string }> = [
  { line: 'status', home: '/dev/null', says: /^airlock: ENOTDIR not a directory.*\(try: .*AIRLOCK_HOME/ },
  { line: 'approver inbox', home: '/dev/null', says: /^airlock: E[A-Z]+ (?!E[A-Z]+:).*\(try: .*AIRLOCK_HOME/ },
  {
    line: 'sign-in --gateway http://localhost:1 --pat-file pat',
    says: /^airlock: unreachable .*\(try: .*curl http:\/\/localhost:1\)/,
  },
  {
    line: 'approver init --gateway http://localhost:1 --pat-file pat --no-passphrase',
    says: /^airlock: gateway_unreachable .* at http:\/\/localhost:1 \(try: .*curl http:\/\/localhost:1\)/,
  },
  { line: 'pair --json', says: /^airlock: pairing_refused not_signed_in.*\(try: .*main\.js sign-in --gateway URL\)/ },
  {
    line: 'gateway pat create --user nobody --role enforcer',
    says: /^airlock: NotFound .*\(try: AIRLOCK_HOME=\S+ \S+ \S+main\.js gateway user list/,
  },
  { line: 'audit show nothing', says: /^airlock: not_found .*\(try: AIRLOCK_HOME=\S+ \S+ \S+main\.js audit list\)/ },
];

describe('what is broken is said once, with a command that works as typed', () => {
  let home: string;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'airlock-broken-'));
    await writeFile(join(home, 'pat'), 'airpat_x', { mode: 0o600 });
  });
  afterAll(async () => {
    await run(['daemon', 'stop'], { home });
    await rm(home, { recursive: true, force: true });
  });

  test.each(BROKEN)('airlock $line', async ({ line, says, home: other }) => {
    const result = await run(line.split(' '), { home: other ?? home, cwd: home });
    expect(result.stderr).toMatch(says);
    expect(result.code).toBe(1);
    expect(result.stderr.match(/\(try: /g)).toHaveLength(1);
  });
});
