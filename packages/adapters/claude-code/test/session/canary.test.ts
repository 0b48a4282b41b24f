import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canaryMessage } from '../../src/events/canary-call.js';
import { hooksJson } from '../../src/install/plugin-files.js';
import { runCanary } from '../../src/session/canary.js';
import { InstallSite } from '../support/install-site.js';

let site: InstallSite;
beforeEach(() => {
  site = new InstallSite();
  site.write(join(site.plugin, 'hooks', 'hooks.json'), hooksJson({ platform: 'linux', node: '/usr/bin/node' }));
});
afterEach(() => site.close());

function canary(script: string, environment: Readonly<Record<string, string>> = {}) {
  site.write(join(site.plugin, 'hooks', 'hook.sh'), script);
  return runCanary({ plugin: site.plugin, sessionId: 's', cwd: site.root, environment });
}

const DENY =
  '{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"no"}}';
const say = (text: string, code: number) => `printf '%s' '${text}'\nexit ${code}\n`;

describe('the canary', () => {
  test(rules('LOC-140')`a deny with exit 2 is what it wants`, async () => {
    expect(await canary(say(DENY, 2))).toMatchObject({ ok: true, isModuleHeard: false });
  });

  test('the denial says whether the module was heard of', async () => {
    const heard = DENY.replace('"no"', JSON.stringify(canaryMessage(true)));
    expect(await canary(say(heard, 2))).toMatchObject({ ok: true, isModuleHeard: true });
    expect(await canary(say(heard, 0))).toMatchObject({ ok: false, isModuleHeard: false });
  });

  test('the hook is started as the host starts it: the event, the call, the environment', async () => {
    const record = `cat >"${join(site.root, 'in')}"; printf '%s %s %s' "$1" "$X" "$CLAUDE_PLUGIN_ROOT" >"${join(site.root, 'how')}"\n`;
    await canary(`${record}${say(DENY, 2)}`, { X: 'y' });
    expect(readFileSync(join(site.root, 'how'), 'utf8')).toBe(`PreToolUse y ${site.plugin}`);
    expect(JSON.parse(readFileSync(join(site.root, 'in'), 'utf8'))).toEqual({
      session_id: 's',
      cwd: site.root,
      hook_event_name: 'PreToolUse',
      tool_name: 'AirlockCanary',
      tool_input: {},
    });
  });

  test.each([
    ['exit 0 with a deny', say(DENY, 0)],
    ['exit 1 with a deny', say(DENY, 1)],
    ['an allow', say(DENY.replace('deny', 'allow'), 0)],
    ['an allow with exit 2', say(DENY.replace('deny', 'allow'), 2)],
    ['pass', say('{}', 0)],
    ['nothing at all', 'exit 0\n'],
    ['nothing, and exit 2', 'exit 2\n'],
    ['text around the deny', say(`hello ${DENY}`, 2)],
    ['two answers', say(`${DENY}${DENY}`, 2)],
    ['a member more', say(DENY.replace('"hookE', '"x":1,"hookE'), 2)],
    ['a signal', 'kill -9 $$\n'],
  ])('%s is not', async (_, script) => {
    expect(await canary(script)).toMatchObject({ ok: false });
  });

  test.each([
    ['does not block on failure', '"onFailure": "block"', '"onFailure": "allow"'],
    ['is for some tools only', '"matcher": "*"', '"matcher": "Bash"'],
    ['ends before the human can answer', '"timeout": 330', '"timeout": 60'],
    ['is found by PATH', '"command": "/bin/sh"', '"command": "sh"'],
    ['has another event', '"PreToolUse": [', '"Stop": ['],
  ])('a hooks.json whose hook %s fails', async (_, from, to) => {
    const text = hooksJson({ platform: 'linux', node: '/usr/bin/node' });
    expect(text).toContain(from);
    site.write(join(site.plugin, 'hooks', 'hooks.json'), text.replace(from, to));
    expect(await canary(say(DENY, 2))).toMatchObject({ ok: false, detail: expect.stringContaining('cannot be tried') });
  });
});
