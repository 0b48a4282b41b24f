import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { typedCommand } from '../../src/commands/typed-command.js';
import { COMMAND_NAMES } from '../../src/install/plugin-files.js';

const EVENT = {
  session_id: 's',
  cwd: '/home/dev/p',
  hook_event_name: 'UserPromptExpansion',
  expansion_type: 'slash_command',
  command_name: 'airlock:status',
  command_args: ' a  b ',
  command_source: 'plugin',
  prompt: '/airlock:status a b',
};

const bytes = (event: object) => new TextEncoder().encode(JSON.stringify(event));

describe(rules('LOC-060', 'LOC-070')`which events are a command of ours`, () => {
  test.each(COMMAND_NAMES)('/airlock:%s', (name) => {
    const typed = typedCommand(bytes({ ...EVENT, command_name: `airlock:${name}` }));
    expect(typed).toEqual({ name, argument: 'a  b', cwd: '/home/dev/p' });
  });

  const OTHERS: readonly (readonly [string, object])[] = [
    ['a command of the repository', { command_source: 'project' }],
    ['a command of the user', { command_source: 'user' }],
    ['a command of an MCP server', { command_source: 'mcp' }],
    ['a source that only begins like it', { command_source: 'plugins' }],
    ['another name', { command_name: 'airlock:statusx' }],
    ['a name in other letters', { command_name: 'airlock:Status' }],
    ['a name without the plugin', { command_name: 'status' }],
    ['a name of another plugin', { command_name: 'airlock2:status' }],
    ['a name that objects have', { command_name: 'airlock:constructor' }],
  ];
  test.each(OTHERS)('not %s', (_name, change) => {
    expect(() => typedCommand(bytes({ ...EVENT, ...change }))).toThrow(
      expect.objectContaining({ code: 'not_our_command' }),
    );
  });

  const INVALID: readonly (readonly [string, object])[] = [
    ['another event', { hook_event_name: 'UserPromptSubmit' }],
    ['another kind of expansion', { expansion_type: 'mcp_prompt' }],
    ['no source', { command_source: undefined }],
    ['a folder that is not absolute', { cwd: 'p' }],
    ['arguments that are no text', { command_args: ['open'] }],
  ];
  test.each(INVALID)('not %s', (_name, change) => {
    expect(() => typedCommand(bytes({ ...EVENT, ...change }))).toThrow(
      expect.objectContaining({ code: 'input_invalid' }),
    );
  });

  test('a name that is there twice is none', () => {
    const text = JSON.stringify(EVENT).replace('{', '{"command_name":"airlock:auto-off",');
    expect(() => typedCommand(new TextEncoder().encode(text))).toThrow(
      expect.objectContaining({ code: 'input_invalid' }),
    );
  });
});

describe('the program', () => {
  const main = fileURLToPath(new URL('../../src/commands/main.ts', import.meta.url));
  const program = `import { commandMain } from ${JSON.stringify(main)};
process.exitCode = await commandMain({ args: process.argv.slice(1), fixedHome: '/nowhere', daemonCommand: [], entry: '/x' });`;

  async function run(args: readonly string[], input: string) {
    const words = ['--conditions=@airlock/source', '--import', 'tsx', '--input-type=module', '-e', program, ...args];
    const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
    child.stdin.end(input);
    const [code] = await once(child, 'close');
    return { code, ...said };
  }

  test('ends the prompt whatever happens, and says why on standard error only', async () => {
    const [garbage, foreign] = await Promise.all([
      run(['command'], 'garbage'),
      run(['command'], JSON.stringify({ ...EVENT, command_source: 'project' })),
    ]);
    expect(garbage).toMatchObject({ code: 2, stdout: '' });
    expect(garbage.stderr).toMatch(/^Airlock: Not done \(input_invalid\): /);
    expect(foreign).toMatchObject({ code: 2, stdout: '' });
    expect(foreign.stderr).toMatch(/^Airlock: Not done \(not_our_command\): /);
  });

  test(rules('PAIR-140')`shows a pairing code on a controlling terminal or not at all`, async () => {
    const paired = await run(['pair', '/'], '');
    expect(paired).toMatchObject({ code: 1, stdout: '' });
    expect(paired.stderr).toMatch(/^Not done \(no_terminal\): /);
  });
});
