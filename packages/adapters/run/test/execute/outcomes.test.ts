import { existsSync, readFileSync, renameSync, rmSync, symlinkSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { Desk, start } from '../driver/start.js';
import { file, scratch } from '../scratch.js';

const SLOW = 30_000;

describe(rules('ENF-080', 'ENF-150')`what the approver says decides whether anything runs`, () => {
  test.each([
    { answer: 'approve', code: 7, says: /^airlock: waiting for the approver/, ran: true },
    {
      answer: 'reject',
      code: 126,
      says: /airlock: rejected by the approver: not on a \\u\{1B\}\[31mFriday\n/,
      ran: false,
    },
    {
      answer: 'policy',
      code: 126,
      says: /airlock: HARP_ERR_POLICY_DENY denied by policy: too many rejections/,
      ran: false,
    },
    { answer: 'timeout', code: 124, says: /airlock: timeout nobody answered in time/, ran: false },
    { answer: 'badSignature', code: 125, says: /airlock: HARP_ERR_SIGNATURE_INVALID pipe_signature/, ran: false },
    { answer: 'claimed', code: 125, says: /airlock: HARP_ERR_REPLAY already used/, ran: false },
    {
      answer: 'error',
      code: 125,
      says: /^airlock: not_paired this workspace is not paired \(try: airlock pair\)\n$/,
      ran: false,
    },
    { answer: 'silence', code: 125, says: /airlock: bad_answer/, ran: false },
    { answer: 'lies', code: 125, says: /airlock: bad_answer/, ran: false },
    { answer: 'crossed', code: 126, says: /airlock: rejected/, ran: false },
  ])(
    '$answer: exit $code',
    async ({ answer, code, says, ran }) => {
      const desk = new Desk(scratch());
      desk.answer();
      const result = await start(desk, ['--', 'sh', '-c', 'echo ran > ran; exit 7'], { answer }).finished();
      expect(result.stderr).toMatch(says);
      expect(result.code).toBe(code);
      expect(result.stdout).toBe('');
      expect(existsSync(join(desk.directory, 'ran'))).toBe(ran);
      const calls = desk.calls().map((each) => each.call);
      const claims = answer === 'claimed' ? ['request', 'claim'] : ['request'];
      expect(calls).toEqual(ran ? ['request', 'claim', 'outcome'] : claims);
    },
    SLOW,
  );

  test(
    'the request says exactly what will run',
    async () => {
      const desk = new Desk(scratch());
      desk.answer();
      await start(desk, ['--', 'sh', '-c', 'cat', '--', "it's"], { env: { LD_BIND_NOW: '1' }, input: 'x' }).finished();
      const { detail } = await desk.called('request');
      expect(detail).toMatchObject({ workspace: '/work', timeoutSeconds: 5, source: 'run' });
      expect(detail.action).toMatchObject({
        kind: 'command',
        argv: ['sh', '-c', 'cat', '--', "it's"],
        cwd: desk.directory,
        stdin: 'pipe',
        description: 'a label',
        environment: { LD_BIND_NOW: '=1' },
      });
    },
    SLOW,
  );
});

describe(rules('ENF-140')`exit codes of the child pass through`, () => {
  test.each([
    { title: 'success', argv: ['true'], code: 0, outcome: { result: 'exited', exitCode: 0 } },
    { title: 'failure', argv: ['sh', '-c', 'exit 255'], code: 255, outcome: { result: 'exited', exitCode: 255 } },
    {
      title: 'SIGTERM',
      argv: ['sh', '-c', 'kill -TERM $$'],
      code: 143,
      outcome: { result: 'signalled', signal: 'SIGTERM' },
    },
    {
      title: 'SIGKILL',
      argv: ['sh', '-c', 'kill -KILL $$'],
      code: 137,
      outcome: { result: 'signalled', signal: 'SIGKILL' },
    },
    { title: 'a script', argv: ['./script', 'a', 'b'], code: 2, outcome: { result: 'exited', exitCode: 2 } },
  ])(
    '$title: $code',
    async ({ argv, code, outcome }) => {
      const desk = new Desk(scratch());
      file(join(desk.directory, 'script'), '#!/bin/sh\nexit $#\n');
      desk.answer();
      expect((await start(desk, ['--', ...argv]).finished()).code).toBe(code);
      expect((await desk.called('outcome')).detail).toEqual({ requestId: 'req-1', ...outcome });
    },
    SLOW,
  );

  test(
    'streams, $0, arguments and environment reach the child as they are',
    async () => {
      const desk = new Desk(scratch());
      symlinkSync('/bin/sh', join(desk.directory, 'myshell'));
      desk.answer();
      const result = await start(
        desk,
        ['--', './myshell', '-c', 'cat; echo "$1|$0" >&2; echo "$AIRLOCK_RUN"', 'zero', 'a  b'],
        {
          input: 'typed\n',
        },
      ).finished();
      expect(result.stdout).toBe('typed\n1\n');
      expect(result.stderr).toContain('a  b|zero\n');
    },
    SLOW,
  );
});

describe(rules('ENF-140')`refused before anybody is asked`, () => {
  test.each([
    { title: 'unknown command', argv: ['--', 'no-such-command'], code: 127, says: 'command_not_found' },
    { title: 'not executable', argv: ['--', './plain'], code: 126, says: 'not_executable' },
    { title: 'a directory', argv: ['--', '.'], code: 126, says: 'not_executable' },
    { title: 'a directory by its path', argv: ['--', './'], code: 126, says: 'not_executable' },
    { title: 'no #! line', argv: ['--', './bare'], code: 126, says: 'not_executable' },
    { title: 'nothing to run', argv: [], code: 64, says: 'usage' },
    { title: 'nothing after --', argv: ['--'], code: 64, says: 'usage' },
    { title: 'a flag where -- is missing', argv: ['ls', '-l'], code: 64, says: 'put -- before the command' },
    { title: 'inside itself', argv: ['--', 'true'], env: { AIRLOCK_RUN: '1' }, code: 125, says: 'nested_run' },
  ])(
    '$title: exit $code',
    async ({ argv, code, says, env }) => {
      const desk = new Desk(scratch());
      file(join(desk.directory, 'plain'), 'text', 0o644);
      file(join(desk.directory, 'bare'), 'echo run by sh > ran\n');
      desk.answer();
      const result = await start(desk, argv, env === undefined ? {} : { env }).finished();
      expect(result.stderr).toContain(says);
      expect(result.code).toBe(code);
      expect(result.stderr.split('\n')).toHaveLength(2);
      expect(desk.calls()).toEqual([]);
      expect(existsSync(join(desk.directory, 'ran'))).toBe(false);
    },
    SLOW,
  );
});

describe(rules('ENF-140', 'INV-18')`what changes between approval and execution is not executed`, () => {
  const SCRIPT = '#!/bin/sh\necho first > ran\n';
  const OTHER = '#!/bin/sh\necho other > ran\n';

  test.each([
    {
      title: 'other content in place',
      change: (root: string) => file(join(root, 'bin/tool'), OTHER),
      code: 'program_changed',
    },
    {
      title: 'another file moved there',
      change: (root: string) => renameSync(file(join(root, 'other'), OTHER), join(root, 'bin/tool')),
      code: 'program_changed',
    },
    {
      title: 'the program removed',
      change: (root: string) => rmSync(join(root, 'bin/tool')),
      code: 'program_changed',
    },
    {
      title: 'the interpreter replaced',
      change: (root: string) => file(join(root, 'bin/interpreter'), '#!/bin/sh\necho other > ran\n'),
      code: 'program_changed',
    },
    {
      title: 'another program of that name earlier in PATH',
      change: (root: string) => file(join(root, 'early/tool'), SCRIPT),
      code: 'program_changed',
    },
    {
      title: 'a setuid bit',
      change: (root: string) => file(join(root, 'bin/tool'), SCRIPT, 0o4755),
      code: 'program_changed',
    },
    {
      title: 'the working directory renamed',
      change: (root: string) => renameSync(join(root, 'cwd'), join(root, 'moved')),
      code: 'working_directory_gone',
    },
    {
      title: 'the working directory replaced',
      change: (root: string) => {
        renameSync(join(root, 'cwd'), join(root, 'moved'));
        mkdirSync(join(root, 'cwd'));
      },
      code: 'working_directory',
    },
  ])(
    '$title',
    async ({ change, code }) => {
      const root = scratch();
      const desk = new Desk(root);
      mkdirSync(join(root, 'cwd'));
      file(join(root, 'bin/tool'), title(change) ? '#!/usr/bin/env interpreter\n' : SCRIPT);
      file(join(root, 'bin/interpreter'), '#!/bin/sh\necho first > ran\n');
      const run = start(desk, ['--', 'tool'], {
        cwd: join(root, 'cwd'),
        env: { PATH: `${root}/early:${root}/bin:/usr/bin:/bin` },
      });
      await desk.called('request');
      change(root);
      desk.answer();
      const result = await run.finished();
      expect(result.stderr).toContain(`airlock: ${code}`);
      expect(result.code).toBe(125);
      expect(existsSync(join(root, 'cwd/ran'))).toBe(false);
      expect(existsSync(join(root, 'moved/ran'))).toBe(false);
      // Nobody else may use the approval that was left over.
      expect(desk.calls().map((each) => each.call)).toEqual(['request', 'withdraw']);
    },
    SLOW,
  );

  test(
    'touching it without changing it is no change',
    async () => {
      const root = scratch();
      const desk = new Desk(root);
      file(join(root, 'tool'), SCRIPT);
      const run = start(desk, ['--', './tool']);
      await desk.called('request');
      file(join(root, 'tool'), SCRIPT);
      desk.answer();
      expect((await run.finished()).code).toBe(0);
      expect(readFileSync(join(root, 'ran'), 'utf8')).toBe('first\n');
    },
    SLOW,
  );
});

/** The row about the interpreter needs a script that is started through it. */
function title(change: (root: string) => unknown): boolean {
  return change.toString().includes('bin/interpreter');
}
