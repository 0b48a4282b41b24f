import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import { announcedRequest, withTrailer } from '../../src/gate/trailer.js';
import { gatedFolder } from '../support/gated-folder.js';

const ID = 'req-00000000-0000-4000-8000-000000000001';
const OLD = 'req-00000000-0000-4000-8000-000000000000';
const LINE = `Airlock-Approval: ${ID}`;

describe('the trailer in a message', () => {
  it.each<readonly [string, string, string]>([
    ['a subject', 'one\n', `one\n\n${LINE}\n`],
    ['a subject that looks like a trailer', 'fix: one\n', `fix: one\n\n${LINE}\n`],
    ['a body', 'one\n\ntwo\nthree\n', `one\n\ntwo\nthree\n\n${LINE}\n`],
    ['other trailers', 'one\n\nSigned-off-by: Ada\n', `one\n\nSigned-off-by: Ada\n${LINE}\n`],
    ['an older one', `one\n\nAirlock-Approval: ${OLD}\n`, `one\n\n${LINE}\n`],
    ['an older one among others', `one\n\nA: b\nairlock-approval: x\nC: d\n`, `one\n\nA: b\nC: d\n${LINE}\n`],
    ['comments of git', 'one\n\n# Please enter\n#\n', `one\n\n${LINE}\n# Please enter\n#\n`],
    [
      'a diff below scissors',
      'one\n# ------------------------ >8 ------\ndiff\n',
      `one\n\n${LINE}\n# ------------------------ >8 ------\ndiff\n`,
    ],
    ['no last line feed', 'one', `one\n\n${LINE}\n`],
    ['bytes that are no text', 'one \xff\n', `one \xff\n\n${LINE}\n`],
    ['nothing', '', ''],
    ['only comments', '\n# Please enter\n', '\n# Please enter\n'],
  ])('%s', (_, before, after) => {
    expect(withTrailer(before, ID, '#')).toBe(after);
    if (after !== before) expect(withTrailer(after, ID, '#')).toBe(after);
  });

  it.each([
    ['the only commit', [`a\n\n${LINE}\n`], ID],
    ['one of two', [`a\n\n${LINE}\n`, 'b\n'], ID],
    ['two announcements', [`a\n\n${LINE}\n`, `b\n\n${LINE}\n`], null],
    ['two in one', [`a\n\n${LINE}\n${LINE}\n`], null],
    ['no id', ['a\n\nAirlock-Approval: yes\n'], null],
    ['none', ['a\n'], null],
  ])('the announced request: %s', (_, messages, id) => {
    expect(announcedRequest(messages.map((message) => ({ message })))).toBe(id);
  });
});

describe(rules('ART-130')`a commit with a trailer`, () => {
  it('is asked about under the id that its message names; an amended one under a new id', async () => {
    const at = await gatedFolder();
    at.git(['config', 'airlock.trailer', 'yes']);
    for (const args of [
      ['commit', '--allow-empty', '-m', 'one'],
      ['commit', '--amend', '--allow-empty', '--no-edit'],
    ]) {
      expect((await at.run(args)).exit).toBe(0);
    }
    const messages = at.daemon.asked.map(({ action }) => action.commits[0]?.message ?? '');
    expect(messages).toEqual(at.daemon.claimed.map((id) => `one\n\nAirlock-Approval: ${id}\n`));
    expect(new Set(at.daemon.claimed).size).toBe(2);
  });

  it('that names a request of old is asked about under a new id', async () => {
    const at = await gatedFolder();
    for (const message of ['one', 'two']) {
      expect((await at.run(['commit', '--allow-empty', '-m', `${message}\n\n${LINE}`])).exit).toBe(0);
    }
    expect(at.daemon.claimed[0]).toBe(ID);
    expect(at.daemon.claimed[1]).not.toBe(ID);
  });

  it('is left alone where no trailer is wanted', async () => {
    const at = await gatedFolder();
    expect((await at.run(['commit', '--allow-empty', '-m', 'one'])).exit).toBe(0);
    expect(at.daemon.asked[0]?.action.commits[0]?.message).toBe('one\n');
  });
});
