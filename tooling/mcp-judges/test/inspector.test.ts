import { execFile } from 'node:child_process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installedJudge } from '../src/installed-judge.js';
import { JudgeSite } from '../src/judge-site.js';
import { isWhole, requiresJudge } from '../src/selection.js';
import { proxied, type ServerCommand, SERVERS } from '../src/server-command.js';

/** What the inspector prints, and its exit code. */
interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Row = readonly [name: string, ...args: string[]];

const FEW: readonly Row[] = [
  ['a tool', '--method', 'tools/call', '--tool-name', 'get-sum', '--tool-arg', 'a=2', 'b=3'],
  ['a tool that is not there', '--method', 'tools/call', '--tool-name', 'none'],
];
const MORE: readonly Row[] = [
  ['the tools', '--method', 'tools/list'],
  ['an argument of the wrong kind', '--method', 'tools/call', '--tool-name', 'get-sum', '--tool-arg', 'a=two', 'b=3'],
  ['an image', '--method', 'tools/call', '--tool-name', 'get-tiny-image'],
  [
    'structured content',
    '--method',
    'tools/call',
    '--tool-name',
    'get-structured-content',
    '--tool-arg',
    'location=Chicago',
  ],
  ['the resources', '--method', 'resources/list'],
  ['the templates', '--method', 'resources/templates/list'],
  ['a resource', '--method', 'resources/read', '--uri', 'demo://resource/static/document/features.md'],
  ['a resource that is not there', '--method', 'resources/read', '--uri', 'demo://resource/none'],
  ['the prompts', '--method', 'prompts/list'],
  ['a prompt', '--method', 'prompts/get', '--prompt-name', 'args-prompt', '--prompt-args', 'city=Chicago', 'state=IL'],
  ['a prompt without its argument', '--method', 'prompts/get', '--prompt-name', 'args-prompt'],
  ['the level of logging', '--method', 'logging/setLevel', '--log-level', 'debug'],
  ['a method that is none', '--method', 'tools/none'],
];

requiresJudge('inspector')('the inspector prints and ends the same with and without the proxy', () => {
  let site: JudgeSite;
  beforeAll(async () => {
    site = await JudgeSite.open();
  });
  afterAll(() => site.close());

  function inspect({ command, args }: ServerCommand, words: readonly string[]): Promise<Outcome> {
    const [node, main] = installedJudge('inspector');
    const all = [main, '--cli', command, ...args, ...words];
    const options = { env: site.environment, cwd: site.folder, maxBuffer: 1 << 26 };
    return new Promise((resolve) => {
      execFile(node, all, options, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      });
    });
  }

  it.each(isWhole ? [...FEW, ...MORE] : FEW)('%s', async (_name, ...words) => {
    const without = await inspect(SERVERS.everything, words);
    expect(await inspect(proxied('everything', SERVERS.everything), words)).toEqual(without);
  });
});
