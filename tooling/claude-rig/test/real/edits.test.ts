import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EDITS } from '../../../../packages/adapters/claude-code/test/support/edits.js';
import {
  call,
  type ClaudeSite,
  type ClaudeVersion,
  mentions,
  openSite,
  requiresClaude,
  runClaude,
  type Step,
  versionsUnderTest,
} from '../../src/index.js';

const CASES = EDITS.filter(({ after }) => after !== null);

/** What Edit leaves was written down case by case; here the real program has to agree, and every case was a file edit. */
describe(rules('ART-130', 'ENF-140')`what a file holds after Edit is what the human was shown`, () => {
  let site: ClaudeSite;
  beforeAll(async () => {
    site = await openSite({ plugin: 'side' });
    site.human.answering = () => 'approve';
  });
  afterAll(() => site?.close());

  async function run(version: ClaudeVersion) {
    const fileOf = (index: number) => join(site.project.folder, `edit-${version}-${index}.txt`);
    const steps = CASES.flatMap(({ before, old, new: text, all = false }, index): readonly Step[] => {
      const edit = call('Edit', { file_path: fileOf(index), old_string: old, new_string: text, replace_all: all });
      if (before === null) return [edit];
      writeFileSync(fileOf(index), before);
      return [call('Read', { file_path: fileOf(index) }), edit];
    });
    const result = await runClaude(site, { version, mode: 'bypass', steps });
    return CASES.map(({ name }, index) => {
      const file = fileOf(index);
      const shown = result.requests.filter((opened) => mentions(opened, file));
      return {
        name,
        holds: existsSync(file) ? readFileSync(file, 'utf8') : null,
        shown: shown.map(({ content }) => (JSON.stringify(content).includes('file-edit') ? 'file-edit' : 'other')),
        incidents: result.seen.filter((text) => text.includes(file) && text.includes('Airlock (')),
      };
    });
  }

  for (const version of versionsUnderTest) {
    requiresClaude(version)(`Claude Code ${version}`, () => {
      test('every case', async () => {
        const expected = CASES.map(({ name, after }) => ({ name, holds: after, shown: ['file-edit'], incidents: [] }));
        expect(await run(version)).toEqual(expected);
      });
    });
  }
});
