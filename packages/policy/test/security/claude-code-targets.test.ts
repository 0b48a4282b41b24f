import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { type TargetedAction, touchedTargets } from '../../src/index.js';
import { CWD, leads, line, PLACES } from '../targets/gate.js';

const touched = (action: TargetedAction) => touchedTargets(action, null, PLACES);
const input = (tool: string, members: object): TargetedAction => ({
  kind: 'tool',
  tool,
  inputJson: JSON.stringify(members),
});

/** Where Claude Code keeps what decides whether and how the gate runs. */
const PLACES_OF_THE_HOST = [
  '/home/ada/.claude/settings.json',
  '/home/ada/.claude/settings.local.json',
  '/home/ada/.claude/plugins/installed_plugins.json',
  '/home/ada/.claude/plugins/known_marketplaces.json',
  '/home/ada/.claude/plugins/marketplaces/airlock/hooks/hook.sh',
  '/home/ada/.claude/plugins/cache/airlock/lib/hook.js',
  '/home/ada/.claude/shell-snapshots/snapshot-bash-1.sh',
  '/home/ada/.claude/hooks/x.sh',
  '/home/ada/.claude/commands/x.md',
  '/home/ada/.claude/agents/x.md',
  '/home/ada/.claude/skills/x/SKILL.md',
  '/home/ada/.claude/mods/x.mjs',
  '/home/ada/.claude/statusline.sh',
  '/home/ada/.claude/.credentials.json',
  '/home/ada/.claude/ide/1.lock',
  '/home/ada/.claude/keybindings.json',
  '/home/ada/.claude/session-env/x/hook.sh',
  '/home/ada/.claude/local/claude',
  '/home/ada/.claude/scheduled_tasks.json',
  '/home/ada/.claude.json',
  '/home/ada/.config/claude/settings.json',
  '/home/ada/.local/share/claude/versions/2.1.330',
  '/home/ada/.local/state/claude/locks/x',
  `${CWD}/.claude/settings.json`,
  `${CWD}/.claude/settings.local.json`,
  `${CWD}/.claude/skills/x/mod.mjs`,
  `${CWD}/sub/.claude/settings.json`,
  `${CWD}/.mcp.json`,
  `${CWD}/.claude-plugin/plugin.json`,
  '/etc/claude-code/managed-settings.json',
  '/etc/claude-code/managed-settings.d/10-x.json',
  '/etc/claude-code/managed-mcp.json',
  '/etc/claude-code/CLAUDE.md',
  '/etc/claude-code/.claude/settings.json',
  '/Library/Application Support/ClaudeCode/managed-settings.json',
  '/Library/Application Support/ClaudeCode/managed-mcp.json',
  '/home/ada/.local/share/airlock/claude-code/airlock/hooks/hook.sh',
  '/home/ada/.local/share/airlock/claude-code/.claude-plugin/marketplace.json',
];

describe(rules('LOC-090')`the settings, plugins and files of Claude Code`, () => {
  test.each(PLACES_OF_THE_HOST)('%s', (path) => {
    expect(touched({ kind: 'file-edit', files: [{ path }], tool: 'Write', inputJson: '{}' })).not.toEqual([]);
    expect(touched(input('Write', { file_path: path, content: '' }))).not.toEqual([]);
    expect(touched(input('Edit', { file_path: path, new_string: 'a', old_string: 'b' }))).not.toEqual([]);
    expect(touched(input('NotebookEdit', { notebook_path: path, new_source: '' }))).not.toEqual([]);
    expect(
      touched({ ...input('x', { any: { deep: [path] } }), kind: 'mcp-call', server: 's' } as TargetedAction),
    ).not.toEqual([]);
    expect(touched(line(`echo x > '${path}'`))).not.toEqual([]);
  });

  test.each([
    ['a name that is relative', { file_path: '.claude/settings.json' }],
    ['a way around', { file_path: `${CWD}/src/../.claude/settings.json` }],
    ['another case', { file_path: `${CWD}/.Claude/Settings.json` }],
    ['a name in a header', { uri: 'file:///home/ada/.claude/settings.json' }],
    ['JSON inside', { arguments: '{"path":"/home/ada/.claude/settings.json"}' }],
  ])('%s', (_, members) => {
    expect(touched({ ...input('Write', members), cwd: CWD })).not.toEqual([]);
  });

  test('a link that leads there', () => {
    const facts = leads({ notes: '/home/ada/.claude/plugins/x' });
    expect(touchedTargets({ ...input('Write', { file_path: 'notes' }), cwd: CWD }, facts, PLACES)).not.toEqual([]);
  });

  test.each([
    'CLAUDE_CONFIG_DIR=/tmp/x npm test',
    'export CLAUDE_CONFIG_DIR=/tmp/x',
    'CLAUDE_CODE_SIMPLE=1 npm test',
    'env CLAUDE_CODE_PLUGIN_CACHE_DIR=/tmp/x node a.js',
    'echo "$CLAUDE_CONFIG_DIR/settings.json"',
    'echo x > "$CLAUDE_PLUGIN_ROOT/hooks/hook.sh"',
    'echo PATH=x >> $CLAUDE_ENV_FILE',
    'cat ${CLAUDE_PLUGIN_DATA}/x',
  ])('%s', (text) => {
    expect(touched(line(text))).not.toEqual([]);
  });
});

describe(rules('LOC-090')`commands that drive Claude Code or the gate`, () => {
  test.each([
    'claude plugin disable airlock',
    'claude plugin uninstall airlock@airlock',
    'claude -p "do it"',
    'claude --bare',
    'claude --dangerously-skip-permissions',
    'claude mcp add x -- node x.mjs',
    'claude config set disableAllHooks true',
    'claude',
    '/usr/local/bin/claude plugin disable x',
    '~/.local/bin/claude plugin disable x',
    './node_modules/.bin/claude -p x',
    'npx claude plugin disable x',
    'npx @anthropic-ai/claude-code plugin disable x',
    'npx -y @anthropic-ai/claude-code@2.1.330 -p x',
    'npx --yes --package=@anthropic-ai/claude-code claude -p x',
    'npx -p @anthropic-ai/claude-code claude -p x',
    'bunx @anthropic-ai/claude-code -p x',
    'pnpm dlx @anthropic-ai/claude-code -p x',
    'pnpm exec claude -p x',
    'yarn dlx @anthropic-ai/claude-code',
    'npm exec @anthropic-ai/claude-code -- -p x',
    'npm i -g @anthropic-ai/claude-code@2.1.100',
    'npm install --global @anthropic-ai/claude-code@latest',
    'npm uninstall -g @anthropic-ai/claude-code',
    'pnpm add -g @anthropic-ai/claude-code',
    'node node_modules/@anthropic-ai/claude-code/cli.js plugin disable x',
    'node /usr/lib/node_modules/@anthropic-ai/claude-code/cli-wrapper.cjs -p x',
    '/opt/@anthropic-ai/claude-code/bin/claude.exe -p x',
    'rm -r node_modules/@anthropic-ai/claude-code-linux-x64',
    'cp x node_modules/.pnpm/@anthropic-ai+claude-code@2.1.330/node_modules/x',
    'bash -c "claude plugin disable x"',
    "sh -lc 'cd /x && claude plugin disable x'",
    'bash <<< "claude plugin disable x"',
    'eval claude plugin disable x',
    'env A=b claude plugin disable x',
    'sudo -u ada claude plugin disable x',
    'nohup claude -p x &',
    'timeout 5 claude -p x',
    'xargs claude -p < x',
    'true && claude plugin disable x',
    'true; (claude plugin disable x)',
    'echo $(claude plugin disable x)',
    'echo `claude plugin disable x`',
    'if true; then claude plugin disable x; fi',
    'find . -exec claude -p {} \\;',
    '"claude" plugin disable x',
    'c\\laude plugin disable x',
    "cl'au'de plugin disable x",
    'CLAUDE plugin disable x',
    'exec claude',
    'command claude plugin list',
    'ssh localhost claude plugin disable x',
    'tmux new-session -d claude -p x',
    'tmux send-keys "claude plugin disable x" Enter',
    'screen -dm claude -p x',
    'script -c "claude plugin disable x" /dev/null',
    'python3 -c \'import subprocess; subprocess.run(["claude", "plugin", "disable", "x"])\'',
    'python3 -c \'import subprocess; subprocess.run(["airlock","auto","on"])\'',
    'node -e \'spawn("claude",["--bare"])\'',
    'node -e \'require("child_process").execSync("claude plugin disable x")\'',
    'perl -e \'system("claude plugin disable x")\'',
    'at now <<< "claude -p x"',
    'airlock claude uninstall',
    'airlock auto on',
    '/usr/local/bin/airlock unpair',
    'npx airlock unpair',
    'bash -c "airlock fail-mode open"',
    'airlock claude uninstall --managed',
  ])('%s', (text) => {
    expect(touched(line(text))).not.toEqual([]);
    expect(touched(input('Monitor', { command: text, description: 'x', timeout_ms: 1000 }))).not.toEqual([]);
    expect(touched(input('CronCreate', { cron: '* * * * *', command: text }))).not.toEqual([]);
    expect(touched({ ...input('run', { command: text }), kind: 'mcp-call' })).not.toEqual([]);
  });
});

describe('what is no part of Claude Code’s gate', () => {
  test.each([
    'cat CLAUDE.md',
    'cat .claude/CLAUDE.md',
    'git commit -m "Explain how claude is used"',
    'grep -r claude src',
    'echo claude',
    'ls docs/claude',
    'cat src/claude.ts',
    'npm test -- claude.test.ts',
    'cd ../claude',
    'cat docs/airlock',
    'npm install @anthropic-ai/sdk',
    'npm install @anthropic-ai/claude-code-review',
    'cat src/settings.json',
    'ls plugins',
  ])('%s', (text) => {
    expect(touched(line(text))).toEqual([]);
  });

  test.each([
    ['prose', { prompt: 'Ask claude to look at the settings, then write a summary.' }],
    ['a file of the project', { file_path: `${CWD}/src/claude.ts`, content: 'const claude = 1;' }],
    ['notes for the agent', { file_path: `${CWD}/CLAUDE.md`, content: 'x' }],
  ])('a tool input with %s', (_, members) => {
    expect(touched(input('Agent', members))).toEqual([]);
  });
});
