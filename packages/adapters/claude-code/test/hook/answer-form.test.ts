import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isToolCall, wellFormed } from '../../src/hook/answer-form.js';
import { denyAnswer, verdictAnswer } from '../../src/answers/answers.js';

const body = (permissionDecision: string, permissionDecisionReason: unknown = 'because') =>
  JSON.stringify({ hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision, permissionDecisionReason } });

function check(event: string, headers: Record<string, string>, text: string | Uint8Array, status = 200) {
  return wellFormed(event, { status, headers, body: Buffer.from(text) });
}

const headers = (permission: string, exit: string, reason?: string) => ({
  'airlock-permission': permission,
  'airlock-exit': exit,
  ...(reason === undefined ? {} : { 'airlock-reason': reason }),
});

const EVENTS = ['PreToolUse', 'tool.check', 'tool.run'];

describe(rules('LOC-040', 'LOC-140')`answers that a hook gives`, () => {
  it.each(EVENTS)('for %s: the three forms of a verdict', (event) => {
    expect(isToolCall(event)).toBe(true);
    expect(check(event, headers('allow', '0'), body('allow'))).toEqual({ exit: 0, stdout: body('allow'), stderr: '' });
    expect(check(event, headers('pass', '0'), '{}')).toEqual({ exit: 0, stdout: '{}', stderr: '' });
    expect(check(event, headers('deny', '2', 'no'), body('deny'))).toEqual({
      exit: 2,
      stdout: body('deny'),
      stderr: 'no',
    });
  });

  it('says "denied" for a reason that cannot be shown', () => {
    for (const reason of [undefined, '', 'a\u0007b', 'ä', 'x'.repeat(4001)])
      expect(check('PreToolUse', headers('deny', '2', reason), body('deny'))?.stderr).toBe('airlock: denied');
  });

  it.each(['SessionEnd', 'ConfigChange', 'PostToolUse', 'UserPromptExpansion'])(
    'for %s: nothing or one object',
    (event) => {
      expect(isToolCall(event)).toBe(false);
      expect(check(event, headers('pass', '0'), '')).toEqual({ exit: 0, stdout: '', stderr: '' });
      expect(check(event, headers('pass', '0'), '{"a":1}')).toEqual({ exit: 0, stdout: '{"a":1}', stderr: '' });
      expect(check(event, headers('deny', '2', 'no'), '')).toEqual({ exit: 2, stdout: '', stderr: 'no' });
    },
  );

  it('whatever text a verdict carries, what the adapter makes of it is taken', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.boolean(), (reason, isHuman) => {
        const answers = [
          verdictAnswer({ permission: 'deny', requestId: null, code: 'x', reason, isHuman }),
          denyAnswer(() => reason),
        ];
        for (const answer of answers) {
          if (answer.permission === 'pending') throw new Error('pending');
          const found = check('PreToolUse', headers(answer.permission, String(answer.exit)), answer.body);
          expect(found).toMatchObject({ exit: 2, stdout: answer.body });
        }
      }),
    );
  });
});

describe(rules('LOC-100', 'INV-24')`answers that are none`, () => {
  it.each<[string, Record<string, string>, string | Uint8Array, number?]>([
    ['allow with exit 2', headers('allow', '2'), body('allow')],
    ['allow with exit 00', headers('allow', '00'), body('allow')],
    ['allow with the body of deny', headers('allow', '0'), body('deny')],
    ['allow with the body of pass', headers('allow', '0'), '{}'],
    ['allow with nothing', headers('allow', '0'), ''],
    ['pass with the body of allow', headers('pass', '0'), body('allow')],
    ['pass with a space', headers('pass', '0'), '{ }'],
    ['pass with a line feed', headers('pass', '0'), '{}\n'],
    ['deny with exit 0', headers('deny', '0'), body('deny')],
    ['deny with the body of allow', headers('deny', '2'), body('allow')],
    ['ask', headers('ask', '0'), body('ask')],
    ['defer', headers('defer', '0'), body('defer')],
    ['a permission in capitals', headers('ALLOW', '0'), body('allow')],
    ['a permission that came twice', headers('allow, allow', '0'), body('allow')],
    ['no permission', { 'airlock-exit': '0' }, '{}'],
    ['no exit code', { 'airlock-permission': 'pass' }, '{}'],
    ['a member more', headers('allow', '0'), body('allow').replace('}}', ',"x":1}}')],
    ['members in another order', headers('allow', '0'), body('allow').replace('"hookEventName":"PreToolUse",', '')],
    ['another event', headers('allow', '0'), body('allow').replace('PreToolUse', 'PostToolUse')],
    ['a reason that is no string', headers('allow', '0'), body('allow', 1)],
    ['text before', headers('allow', '0'), ` ${body('allow')}`],
    ['text after', headers('allow', '0'), `${body('allow')}\n`],
    ['a mark of the byte order', headers('allow', '0'), `\uFEFF${body('allow')}`],
    ['a raw control character', headers('allow', '0'), body('allow', 'x').replace('x', '\u0007')],
    ['an escape that is none', headers('allow', '0'), body('allow', 'x').replace('x', '\\q')],
    ['a short escape', headers('allow', '0'), body('allow', 'x').replace('x', '\\u00e')],
    ['a quote in the reason', headers('allow', '0'), body('allow', 'x').replace('x', 'x"y')],
    ['bytes that are no text', headers('allow', '0'), Buffer.from(body('allow', 'x').replace('x', '\u00ff'), 'latin1')],
    ['201', headers('allow', '0'), body('allow'), 201],
    ['202', headers('pass', '0'), '{}', 202],
    ['500', headers('allow', '0'), body('allow'), 500],
  ])('%s', (_name, given, text, status) => {
    for (const event of EVENTS) expect(check(event, given, text, status)).toBeNull();
  });

  it.each<[string, Record<string, string>, string]>([
    ['allow', headers('allow', '0'), body('allow')],
    ['text', headers('pass', '0'), 'hello'],
    ['an array', headers('pass', '0'), '[]'],
    ['two lines', headers('pass', '0'), '{}\n{}'],
    ['exit 2 without a refusal', headers('pass', '2'), ''],
  ])('for other events: %s', (_name, given, text) => {
    expect(check('ConfigChange', given, text)).toBeNull();
  });
});
