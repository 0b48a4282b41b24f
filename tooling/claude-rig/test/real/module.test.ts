import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  call,
  type ClaudeSite,
  isShort,
  openSite,
  requiresClaude,
  runClaude,
  versionsUnderTest,
} from '../../src/index.js';

/** The module is tried where the host has modules. */
const VERSION = '2.1.330';

/** What our own handler does instead of asking. */
const FAULTS = {
  throws: `throw new Error('fault');`,
  'never answers': 'await new Promise(() => undefined);',
  'spins for ever': 'for (;;);',
  'answers nothing': 'return undefined;',
  'answers garbage': 'return 7;',
} as const;

const faults = Object.entries(FAULTS).slice(0, isShort ? 1 : undefined);

const suite = versionsUnderTest.includes(VERSION) ? requiresClaude(VERSION) : describe.skip;

suite(`the module alone, in Claude Code ${VERSION}`, () => {
  let site: ClaudeSite;
  let gate: string;
  let honest: string;
  beforeAll(async () => {
    site = await openSite({ plugin: 'side' });
    const hooks = join(site.site.root, 'plugin', 'hooks');
    // Without any command hook: nothing but the module is left.
    writeFileSync(join(hooks, 'hooks.json'), JSON.stringify({ modules: ['./gate.mjs'] }));
    gate = join(hooks, 'gate.mjs');
    honest = readFileSync(gate, 'utf8');
  });
  beforeEach(() => writeFileSync(gate, honest));
  afterAll(() => site.close());

  const run = (file: string) =>
    runClaude(site, {
      version: VERSION,
      mode: 'bypass',
      steps: [call('Bash', { command: `echo ran > ${file}` })],
      effects: [file],
    });

  describe(rules('LOC-100')`when one of its layers fails`, () => {
    for (const layer of ['tool.check', 'tool.run']) {
      test.each(faults)(`${layer} %s: the call does not run`, async (name, fault) => {
        site.human.answering = () => 'approve';
        const start = `on('${layer}', async ($, e, next) => {`;
        expect(honest).toContain(start);
        writeFileSync(gate, honest.replace(start, `${start}\n    ${fault}`));
        const file = `${layer}-${name.replaceAll(' ', '-')}`;
        const result = await run(file);
        expect(result.ran).toEqual({ [file]: false });
        expect(result.toolResults.map(({ tool, isError }) => [tool, isError])).toEqual([['Bash', true]]);
        expect(result.stderr).not.toContain('did not load');
      });
    }
  });
});
