import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { Desk, start } from '../driver/start.js';
import { file, scratch } from '../scratch.js';

const SLOW = 30_000;

describe(rules(
  'LOC-045',
)`a verdict without a human is checked, claimed and executed like an approval, and explained`, () => {
  test.each([
    {
      answer: 'byPattern',
      decision: 'policy',
      says: 'approved by your signed patterns pat-1, pat-2 (airlock patterns)',
    },
    { answer: 'byGrant', decision: 'policy', says: 'approved by a standing permission of the approver, dnd-1' },
    { answer: 'handedOver', decision: 'approved', says: 'approved a moment ago, as req-0' },
    { answer: 'auto', decision: 'passed', says: /not gated: auto mode is on until 2100-01-0\d \d\d:\d\d/ },
    { answer: 'gateOff', decision: 'passed', says: 'not gated: the signed policy switches the gate "run" off' },
    {
      answer: 'unmanaged',
      decision: 'passed',
      says: 'not gated: the signed policy leaves /srv/\\u{1B}[31mred alone',
    },
    {
      answer: 'failOpen',
      decision: 'passed',
      says: /not gated: fail mode is open until 2100-01-0\d \d\d:\d\d, and the gateway cannot be reached/,
    },
  ])(
    '$answer',
    async ({ answer, decision, says }) => {
      const desk = new Desk(scratch());
      desk.answer();
      const result = join(desk.directory, 'result');
      const run = start(desk, ['--', 'sh', '-c', 'echo ran > ran; exit 7'], { answer, env: { DRIVER_RESULT: result } });
      const { code, stderr, stdout } = await run.finished();
      expect(code).toBe(7);
      expect(stdout).toBe('');
      expect(existsSync(join(desk.directory, 'ran'))).toBe(true);
      const [, explanation = '', ...rest] = stderr.split('\n');
      expect(explanation).toMatch(/^airlock: /);
      if (typeof says === 'string') expect(explanation).toContain(says);
      else expect(explanation).toMatch(says);
      expect(rest).toEqual(['']);
      expect(desk.calls().map((each) => each.call)).toEqual(['request', 'claim', 'outcome']);
      const written = JSON.parse(readFileSync(result, 'utf8'));
      expect(written).toMatchObject({
        outcome: 'executed',
        exitCode: 7,
        decision,
        basis: { kind: expect.any(String) },
      });
    },
    SLOW,
  );

  test(
    'an approval of the human is explained by nothing and has no basis',
    async () => {
      const desk = new Desk(scratch());
      desk.answer();
      const result = join(desk.directory, 'result');
      const { stderr } = await start(desk, ['--', 'true'], { env: { DRIVER_RESULT: result } }).finished();
      expect(stderr.split('\n')).toHaveLength(2);
      const written = JSON.parse(readFileSync(result, 'utf8'));
      expect(written).toEqual({ exitCode: 0, outcome: 'executed', requestId: 'req-1', decision: 'approved' });
    },
    SLOW,
  );

  test.each([
    'noBasis',
    'noBasisPassed',
    'allowedByAuto',
    'passedByPattern',
    'passApproved',
    'allowPassed',
    'denial',
    'unheardOf',
    'unheardOfPassed',
  ])(
    'refused, because its parts do not belong together: %s',
    async (answer) => {
      const desk = new Desk(scratch());
      desk.answer();
      const { code, stderr } = await start(desk, ['--', 'touch', 'ran'], { answer }).finished();
      expect(code).not.toBe(0);
      expect(stderr).not.toMatch(/not gated|approved by/);
      expect(existsSync(join(desk.directory, 'ran'))).toBe(false);
      expect(desk.calls().map((each) => each.call)).toEqual(['request']);
    },
    SLOW,
  );

  test(
    'nothing runs when the verdict no longer holds at the claim',
    async () => {
      const desk = new Desk(scratch());
      desk.answer();
      const { code } = await start(desk, ['--', 'touch', 'ran'], { answer: 'claimedPattern' }).finished();
      expect(code).toBe(125);
      expect(existsSync(join(desk.directory, 'ran'))).toBe(false);
    },
    SLOW,
  );
});

describe(rules('INV-18', 'LOC-045')`what changed since it was judged is not executed`, () => {
  test.each(['byPattern', 'auto'])(
    '%s',
    async (answer) => {
      const desk = new Desk(scratch());
      const tool = file(join(desk.directory, 'tool'), '#!/bin/sh\ntouch ran\n');
      const run = start(desk, ['--', './tool'], { answer });
      await desk.called('request');
      writeFileSync(tool, '#!/bin/sh\ntouch ran; echo evil\n');
      desk.answer();
      expect((await run.finished()).code).toBe(125);
      expect(existsSync(join(desk.directory, 'ran'))).toBe(false);
      expect(desk.calls().map((each) => each.call)).toEqual(['request', 'withdraw']);
    },
    SLOW,
  );
});

describe(rules('INV-34')`facts go with the request`, () => {
  test(
    'of the command itself, as it will be executed',
    async () => {
      const desk = new Desk(scratch());
      file(join(desk.directory, 'Makefile'), 'x:\n');
      const make = file(join(desk.directory, 'bin/make'), '#!/bin/sh\n');
      desk.answer();
      const env = { PATH: `${desk.directory}/bin:${process.env['PATH'] ?? ''}` };
      await start(desk, ['--', 'make', 'x'], { env }).finished();
      const { facts } = (await desk.called('request')).detail;
      expect(facts).toMatchObject({ unknownInput: [], persistentShell: false });
      expect(facts.environmentSha256).toMatch(/^[0-9a-f]{64}$/);
      expect(facts.commands).toMatchObject([
        { argv: ['make', 'x'], program: { path: make }, configuration: [{ name: 'Makefile' }] },
      ]);
    },
    SLOW,
  );
});
