import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { Desk, start } from '../driver/start.js';
import { scratch } from '../scratch.js';

const SLOW = 30_000;

describe(rules('EXCH-150')`an interruption while waiting withdraws first and runs nothing`, () => {
  test.each([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
    { signal: 'SIGHUP', code: 129 },
    { signal: 'SIGQUIT', code: 131 },
  ] as const)(
    '$signal: exit $code',
    async ({ signal, code }) => {
      const desk = new Desk(scratch());
      const run = start(desk, ['--', 'touch', 'ran'], { answer: 'never' });
      await desk.called('request');
      while (!run.stderr.includes('req-1')) await new Promise((resolve) => setTimeout(resolve, 5));
      run.child.kill(signal);
      expect((await run.finished()).code).toBe(code);
      expect(desk.calls().map((each) => each.call)).toEqual(['request', 'withdraw']);
      expect(existsSync(join(desk.directory, 'ran'))).toBe(false);
    },
    SLOW,
  );
});

describe(rules('ENF-140')`without a terminal, signals are passed on to the child`, () => {
  test.each(['INT', 'QUIT', 'TERM', 'HUP', 'USR1', 'USR2', 'WINCH'] as const)(
    'SIG%s',
    async (name) => {
      const desk = new Desk(scratch());
      desk.answer();
      const script = `trap 'echo got ${name}; exit 3' ${name}; echo ready; while :; do sleep 0.05; done`;
      const run = start(desk, ['--', 'bash', '-c', script]);
      await run.prints('ready');
      run.child.kill(`SIG${name}`);
      const result = await run.finished();
      expect(result.stdout).toBe(`ready\ngot ${name}\n`);
      expect(result.code).toBe(3);
    },
    SLOW,
  );

  test(
    'a signal that kills the child is reported as 128 + n',
    async () => {
      const desk = new Desk(scratch());
      desk.answer();
      const run = start(desk, ['--', 'sh', '-c', 'echo ready; exec sleep 60']);
      await run.prints('ready');
      run.child.kill('SIGTERM');
      expect((await run.finished()).code).toBe(143);
    },
    SLOW,
  );
});
