import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unwrapConfig, wrapConfig } from '../../src/index.js';

const PROXY = ['/usr/bin/node', '/opt/airlock/main.js', 'mcp', 'proxy'];

let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airlock-wrap-'));
  file = join(folder, '.mcp.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const now = () => readFileSync(file, 'utf8');
const serversNow = () => parse(now()).mcpServers;

function wrapped(text: string) {
  writeFileSync(file, text);
  return wrapConfig({ file, proxy: PROXY });
}

const PROGRAM = '{"mcpServers":{"files":{"command":"npx","args":["-y","server","."],"env":{"A":"1"}}}}';

/** Configurations as their clients and people write them. */
const CONFIGS: readonly (readonly [string, string])[] = [
  ['minified', PROGRAM],
  ['indented, as Claude Code writes .mcp.json', `${JSON.stringify(JSON.parse(PROGRAM), null, 2)}\n`],
  ['no arguments', '{ "mcpServers": { "a": { "command": "server" } } }'],
  ['no arguments, other members after it', '{"mcpServers":{"a":{"command":"server","env":{}}}}'],
  ['an empty list of arguments', '{"mcpServers":{"a":{"command":"server","args":[]}}}'],
  ['an empty list with a space and a comment', '{"mcpServers":{"a":{"command":"server","args":[ /* none */ ]}}}'],
  ['arguments before the command', '{"mcpServers":{"a":{"args":["x"],"command":"server"}}}'],
  ['an empty list before the command', '{"mcpServers":{"a":{"args":[],"command":"server"}}}'],
  ['a list over several lines', '{"mcpServers":{"a":{"command":"s","args":[\n  "x",\n  "y"\n]}}}'],
  ['a list that ends in a comma', '{"mcpServers":{"a":{"command":"s","args":["x",],},},}'],
  [
    'lines that end in two characters',
    '{\r\n\t"mcpServers": {\r\n\t\t"a": {"command": "s", "args": ["x"]}\r\n\t}\r\n}\r\n',
  ],
  [
    'comments, as VS Code has them',
    '// mine\n{ "servers": { /* x */ "a": { "type": "stdio", "command": "s" } }, "inputs": [] }',
  ],
  ['user settings of VS Code', '{"editor.tabSize":2,"mcp":{"servers":{"a":{"command":"s"}}}}'],
  [
    'projects of Claude Code',
    '{"projects":{"/p":{"mcpServers":{"a":{"command":"s"}}}},"mcpServers":{"b":{"command":"t"}}}',
  ],
  [
    'escapes and other scripts',
    '{"mcpServers":{"Dateien \\u00fc":{"command":"C:\\\\s.exe","args":["ü\\u0000","\\/"]}}}',
  ],
  ['a word that is the separator', '{"mcpServers":{"a":{"command":"s","args":["--","mcp","proxy","--"]}}}'],
  [
    'servers whose names are words of ours',
    '{"mcpServers":{"--":{"command":"s"},"--url":{"command":"t"},"-":{"url":"https://x"}}}',
  ],
  ['an address', '{"mcpServers":{"a":{"type":"http","url":"https://mcp.example/mcp"}}}'],
  [
    'an address with headers, spaces and a comment',
    '{"mcpServers":{"a":{ "url":"https://x/mcp", // y\n "headers":{"Authorization":"Bearer ${T}"} }}}',
  ],
  ['a byte order mark', `\u{feff}${PROGRAM}`],
];

describe('wrapping a configuration', () => {
  it.each(CONFIGS)('puts it back byte for byte: %s', (_, text) => {
    expect(wrapped(text).map(({ result }) => result)).toContain('wrapped');
    expect(now()).not.toBe(text);
    expect(wrapConfig({ file, proxy: PROXY }).map(({ result }) => result)).not.toContain('wrapped');
    expect(unwrapConfig({ file }).map(({ result }) => result)).toContain('unwrapped');
    expect(now()).toBe(text);
  });

  it('does so for every server of every shape, however it is spaced', () => {
    const server = fc.record(
      {
        command: fc.string({ minLength: 1 }),
        args: fc.array(fc.string()),
        env: fc.dictionary(fc.string(), fc.string()),
      },
      { requiredKeys: ['command'] },
    );
    const config = fc.record({ mcpServers: fc.dictionary(fc.string({ minLength: 1 }), server, { minKeys: 1 }) });
    fc.assert(
      fc.property(config, fc.constantFrom('', ' ', '  ', '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        wrapped(text);
        const servers = JSON.parse(now()).mcpServers;
        for (const [name, { command, args = [], env }] of Object.entries(value.mcpServers)) {
          const own = { command: PROXY[0], args: [...PROXY.slice(1), `--name=${name}`, '--', command, ...args] };
          if (args.at(-2) !== 'mcp') expect(servers[name]).toEqual({ ...own, ...(env === undefined ? {} : { env }) });
        }
        unwrapConfig({ file });
        return now() === text;
      }),
      { numRuns: 200 },
    );
  });

  it('starts what was configured, under the name that the client knows', () => {
    wrapped(PROGRAM);
    expect(serversNow().files).toEqual({
      command: '/usr/bin/node',
      args: ['/opt/airlock/main.js', 'mcp', 'proxy', '--name=files', '--', 'npx', '-y', 'server', '.'],
      env: { A: '1' },
    });
  });

  it('hands the values of headers over in variables, never in arguments, and keeps what else there is', () => {
    const original = '{"type":"http","url":"https://x/mcp","headers":{"X-Key":"s3cret"},"timeout":5}';
    wrapped(`{"mcpServers":{"a":${original}}}`);
    const { a } = serversNow();
    expect(a).toEqual({
      type: 'stdio',
      command: '/usr/bin/node',
      args: [...PROXY.slice(1), '--name=a', '--url', 'https://x/mcp', '--header-env', 'X-Key=AIRLOCK_HEADER_1'],
      env: { AIRLOCK_HEADER_1: 's3cret', AIRLOCK_WRAPPED: original },
      timeout: 5,
    });
  });

  it.each([
    ['the old transport', '{"type":"sse","url":"https://x/sse"}', /HTTP\+SSE/],
    ['Airlock itself', '{"command":"/usr/bin/node","args":["/opt/airlock/main.js","mcp","serve"]}', /Airlock itself/],
    ['an Airlock that another program starts', '{"command":"airlock","args":["mcp","serve"]}', /another program/],
    ['nothing to start or to reach', '{"disabled":true}', /neither a command nor an address/],
    ['a command that is no text', '{"command":["a"]}', /none that a program/],
    ['arguments that are not all text', '{"command":"a","args":[1]}', /none that a program/],
    ['headers that are not all text', '{"url":"https://x","headers":{"a":1}}', /headers/],
  ])('leaves %s alone and says why', (_, server, reason) => {
    const text = `{"mcpServers":{"a":${server}}}`;
    expect(wrapped(text)).toEqual([{ name: 'a', result: 'left', reason: expect.stringMatching(reason) }]);
    expect(now()).toBe(text);
  });

  it.each(['', 'a\nb', 'x'.repeat(201)])('leaves a server alone whose name the proxy would not take: %j', (name) => {
    const text = JSON.stringify({ mcpServers: { [name]: { command: 's' } } });
    expect(wrapped(text)).toEqual([{ name, result: 'left', reason: expect.stringContaining('name') }]);
    expect(now()).toBe(text);
  });

  it('changes nothing around what somebody edited meanwhile', () => {
    wrapped(PROGRAM);
    writeFileSync(file, now().replace('"A":"1"', '"A":"2"').replace('"."]', '"..", "/tmp"]'));
    unwrapConfig({ file });
    expect(now()).toBe(PROGRAM.replace('"A":"1"', '"A":"2"').replace('"."]', '"..", "/tmp"]'));
  });

  it('keeps the mode of the file, and a link a link', () => {
    writeFileSync(file, PROGRAM);
    chmodSync(file, 0o640);
    const link = join(folder, 'link.json');
    symlinkSync(file, link);
    wrapConfig({ file: link, proxy: PROXY });
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(serversNow().files.command).toBe('/usr/bin/node');
  });
});

describe('a configuration that cannot be wrapped stays as it is', () => {
  it.each([
    ['no JSON', '{"mcpServers":', 'config_invalid'],
    ['no object', '[]', 'config_invalid'],
    ['a server twice', '{"mcpServers":{"a":{"command":"x"},"a":{"command":"y"}}}', 'config_invalid'],
    ['a command twice', '{"mcpServers":{"a":{"command":"x","command":"y"}}}', 'config_invalid'],
    ['nothing of servers', '{"theme":"dark"}', 'config_no_servers'],
    ['nothing at all', '', 'config_invalid'],
  ])('%s', (_, text, code) => {
    writeFileSync(file, text);
    expect(() => wrapConfig({ file, proxy: PROXY })).toThrow(expect.objectContaining({ code }));
    expect(now()).toBe(text);
    expect(readdirSync(folder)).toEqual(['.mcp.json']);
  });

  it('says so where there is none, or no text', () => {
    expect(() => wrapConfig({ file, proxy: PROXY })).toThrow(expect.objectContaining({ code: 'config_unreadable' }));
    writeFileSync(file, Uint8Array.of(0x7b, 0xff, 0x7d));
    expect(() => wrapConfig({ file, proxy: PROXY })).toThrow(expect.objectContaining({ code: 'config_unreadable' }));
  });
});
