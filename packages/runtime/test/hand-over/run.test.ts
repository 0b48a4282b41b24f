import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import type { RequestBody } from '../../src/socket/api.js';
import { ask, lastOf } from '../support/daemon.js';
import {
  answered,
  approved,
  type HandOverScene,
  handOverScene,
  type HostChange,
  isHandedOver,
  lineFacts,
  runBody,
  shellCall,
} from '../support/hand-over.js';
import { entriesOf } from '../support/host.js';
import { commandFacts } from '../support/policy-scene.js';

const SLOW = { timeout: 120_000 };

const LINE = 'airlock run -- npm publish';
const ARGV = ['npm', 'publish'];

describe(rules('LOC-147', 'LOC-090')`an approved shell call that is one airlock run covers that run`, () => {
  it('once, although every line with airlock touches the gate', SLOW, async () => {
    const made = await handOverScene();
    const { requestId } = await approved(made, shellCall(made, LINE));
    expect(made.human.read(made.relay.artifacts.get(requestId)!)['notices']).toEqual(['touches-gate']);
    const body = runBody(made, ARGV);
    const decided = lastOf(await ask(made, body));
    expect(decided).toMatchObject({ outcome: 'approved', basis: { kind: 'handed-over', requestId } });
    expect(await made.client.claim(decided.requestId)).toEqual({ granted: true });
    await made.client.outcome(decided.requestId, { result: 'exited', exitCode: 0 });
    expect(entriesOf(made, decided.requestId)).toEqual([
      'approval.handed-over',
      'execution.granted',
      'execution.outcome',
    ]);
    expect(await answered(made, body)).toBe('asked');
  });

  it('and no other: each of these is asked anew, the run itself is not', SLOW, async () => {
    const made = await handOverScene();
    const changed = (action: Record<string, unknown>, over: Partial<RequestBody> = {}) =>
      runBody(made, ARGV, { action, ...over });
    const rows: Record<string, Partial<RequestBody>> = {
      'another command': runBody(made, ['npm', 'unpublish']),
      'one more word': runBody(made, [...ARGV, '--tag', 'x']),
      'words cut differently': runBody(made, ['npm publish']),
      'another folder': changed({ cwd: '/' }),
      'another session': runBody(made, ARGV, { sessionId: 's-2' }),
      'by another gate': runBody(made, ARGV, { source: 'approve' }),
      'only claimed': runBody(made, ARGV, { isClaimed: true }),
      'something to read': changed({ stdin: 'pipe' }),
      'a file to read': changed({ stdin: 'file' }),
      'a loaded library': changed({ environment: { LD_PRELOAD: '=/tmp/evil.so' } }),
      'a shell that reads it': changed({ shell: '/bin/sh', commandText: 'npm publish' }),
      'a part of the gate': runBody(made, ['rm', '-r', '.claude']),
    };
    await approved(made, shellCall(made, LINE));
    await approved(made, shellCall(made, 'airlock run -- rm -r .claude', { facts: lineFacts(LINE) }));
    const found: Record<string, string> = {};
    for (const [what, body] of Object.entries(rows)) found[what] = await isHandedOver(made, body);
    const { sessionId: _, ...nobody } = runBody(made, ARGV);
    found['no session'] = await isHandedOver(made, nobody);
    found['the run itself'] = await isHandedOver(made, runBody(made, ARGV));
    const asked = Object.fromEntries([...Object.keys(rows), 'no session'].map((what) => [what, 'asked']));
    expect(found).toEqual({ ...asked, 'the run itself': 'handed over' });
  });

  it.each<[string, (made: HandOverScene) => [string, HostChange]]>([
    ['with a flag', () => ['airlock run --json -- npm publish', {}]],
    ['with another command behind it', () => [`${LINE} && true`, {}]],
    ['with another program of that name', () => [LINE, { facts: lineFacts(LINE, '/tmp/airlock') }]],
    ['whose words nobody looked up', () => [LINE, { facts: commandFacts() }]],
    ['of a host that executes it itself', () => [LINE, { handsOver: false }]],
    ['with a library that is loaded', () => [LINE, { action: { environment: { LD_PRELOAD: '=/tmp/evil.so' } } }]],
  ])('not when the approved line is one %s', SLOW, async (_, change) => {
    const made = await handOverScene();
    const [line, over] = change(made);
    await approved(made, shellCall(made, line, over));
    expect(await isHandedOver(made, runBody(made, ARGV))).toBe('asked');
  });
});
