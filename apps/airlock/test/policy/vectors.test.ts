import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { run } from '../e2e/harness/command.js';

const FILE = new URL('../../../../packages/testkit/vectors/auto-approve.jsonl', import.meta.url);

interface Vector {
  readonly id: string;
  readonly pattern: string;
  readonly command: string;
  readonly shell: string;
  readonly mustAutoApprove: boolean;
}

/** The built command, without a daemon, a home or a pairing. */
describe(rules('ENF-170', 'ENF-175')`policy match over every example`, () => {
  const home = tmpdir();
  const lines = readFileSync(FILE, 'utf8').trimEnd().split('\n');
  const vectors = lines.map((line) => JSON.parse(line) as Vector);

  test('--batch answers each line, and approves none that it must not', async () => {
    const { code, stdout, stderr } = await run(['policy', 'match', '--batch'], { home, input: lines.join('\n') });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const answers = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { approve: boolean; reason: string });
    expect(answers).toHaveLength(vectors.length);
    const judged = vectors.map((vector, index) => ({ ...vector, ...answers[index] }));
    expect(judged.filter((each) => each.approve && !each.mustAutoApprove)).toEqual([]);
    expect(judged.filter((each) => !each.approve && each.mustAutoApprove)).toEqual([]);
    for (const { approve, reason } of answers) expect(reason === 'match').toBe(approve);
  });

  test('lines that are none are answered too, in their place', async () => {
    const yes = JSON.stringify({ pattern: 'git status', command: 'git status', shell: 'bash' });
    const { code, stdout } = await run(['policy', 'match', '--batch'], { home, input: `${yes}\n\nnonsense\n${yes}\n` });
    expect(code).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { approve: true, reason: 'match' },
      { approve: false, reason: 'bad_line' },
      { approve: false, reason: 'bad_line' },
      { approve: true, reason: 'match' },
    ]);
  });

  test.each([
    { command: 'git status', code: 0, says: 'approves' },
    { command: 'git status; id', code: 1, says: 'does not approve, no_match' },
  ])('one question: $command', async ({ command, code, says }) => {
    const line = ['policy', 'match', '--pattern', 'git status', '--shell', 'bash', '--command', command];
    const answer = await run(line, { home });
    expect(answer).toMatchObject({ code, stderr: '' });
    expect(answer.stdout).toMatch(new RegExp(`^${says}`));
    const json = JSON.parse((await run([...line, '--json'], { home })).stdout) as { approve: boolean };
    expect(json.approve).toBe(code === 0);
  });
});
