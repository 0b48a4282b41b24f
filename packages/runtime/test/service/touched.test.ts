import { actionPlaintext, commandAction } from '@airlock/actions';
import { rules } from '@airlock/conformance';
import type { ActionFacts } from '@airlock/policy';
import { describe, expect, it } from 'vitest';
import { touchedBy } from '../../src/service/touched.js';

const SHA = 'a'.repeat(64);
const AT = Date.UTC(2026, 0, 1);
const PLACES = { roots: ['/home/dev/gate'], processIds: [4711] };

/** The same words, asked another time. */
function asked(commandText: string, requestId = 'req-00000000-0000-4000-8000-000000000001') {
  const content = commandAction({
    argv: ['bash', '-c', commandText],
    cwd: '/srv/widgets',
    program: '/bin/bash',
    programSha256: SHA,
    interpreters: [],
    environment: {},
    stdin: 'none',
    shell: '/bin/bash',
    commandText,
  });
  return actionPlaintext(content, {
    requestId,
    artifactType: 'command.review',
    createdAt: AT,
    expiresAt: AT + 60_000,
    salt: new Uint8Array(16),
    enforcerId: 'enf-00000000-0000-4000-8000-000000000001',
    workspaceId: 'ws-00000000-0000-4000-8000-000000000001',
    workspace: 'widgets',
    repoName: 'widgets',
    repoRef: 'widgets',
    source: 'test',
    policyVersion: 0,
    policySha256: SHA,
  });
}

/** Where the name `notes` leads. */
function leading(path: string): ActionFacts {
  return {
    commands: [],
    environmentSha256: SHA as ActionFacts['environmentSha256'],
    targets: [{ name: 'notes', paths: [path] }],
    unknownInput: [],
    persistentShell: false,
  };
}

describe(rules('LOC-090')`what an action touches, found once`, () => {
  const words = 'cat notes';
  const touches = (path: string, places = PLACES) => touchedBy(asked(words), leading(path), places).length > 0;

  it('is found anew when a link leads elsewhere, and is not forgotten when it leads back', () => {
    const inside = '/home/dev/gate/state.json';
    const seen = ['/srv/other', inside, '/srv/other', inside].map((path) => touches(path));
    expect(seen).toEqual([false, true, false, true]);
  });

  it('is that of the gate that is asked', () => {
    expect(touches('/home/dev/elsewhere/x')).toBe(false);
    expect(touches('/home/dev/elsewhere/x', { ...PLACES, roots: ['/home/dev/elsewhere'] })).toBe(true);
  });

  it('is that of the words, without facts too', () => {
    expect(touchedBy(asked('cat /srv/x'), null, PLACES)).toEqual([]);
    expect(touchedBy(asked('cat /home/dev/gate/x'), null, PLACES)).not.toEqual([]);
    expect(touchedBy(asked('cat /srv/x', 'req-00000000-0000-4000-8000-000000000002'), null, PLACES)).toEqual([]);
  });
});
