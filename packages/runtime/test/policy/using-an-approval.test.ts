import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { type EnforcerState, initialState, step } from '@airlock/enforcer';
import { describe, expect, it } from 'vitest';
import { Problems } from '../../src/engine/problems.js';
import { nodePorts } from '../../src/ports/ports.js';
import type { Core } from '../../src/service/core.js';
import { PolicyChanges } from '../../src/service/policy-changes.js';
import type { RequestService } from '../../src/service/requests.js';
import type { PolicyChangeEvent } from '../../src/socket/policy-api.js';
import { collect } from '../support/daemon.js';
import { accept, approver, record, shelf, WS, type Shelf } from '../support/records.js';
import { temporaryFolder } from '../support/temporary.js';

interface Turn {
  readonly shelf: Shelf;
  /** Happens after the approver was asked and before its approval is used. */
  readonly meanwhile: () => void;
}

interface Outcome {
  readonly events: PolicyChangeEvent[];
  readonly shelf: Shelf;
  readonly audited: Record<string, unknown>[];
  readonly dispatched: Record<string, unknown>[];
}

/** A change of policy whose approval is there, over an engine that answers the claim as the test says. */
async function change(over: {
  readonly granted: boolean;
  readonly evidence?: null;
  readonly meanwhile?: (turn: Turn) => void;
}): Promise<Outcome> {
  const who = approver();
  const folder = temporaryFolder();
  const path = realpathSync(folder);
  mkdirSync(join(path, 'state'));
  const made = await shelf(join(path, 'state'), who, { initialised: false });
  const durable = {
    auth: { gatewayUrl: 'https://gateway.example', credential: { kind: 'pat', pat: 'airpat_x' } },
    workspaces: [who.standing],
    openRequests: [],
    rejections: [],
  } as const;
  const started = step(initialState(), { type: 'engine.start', durable, at: Date.now(), mono: 1 }).state;
  let state: EnforcerState = started;
  const audited: Outcome['audited'] = [];
  const dispatched: Outcome['dispatched'] = [];
  const core = {
    ports: nodePorts,
    host: {
      get state() {
        return state;
      },
      dispatch: (event: any) => dispatched.push(event),
    },
    claims: { ask: async () => (over.granted ? { granted: true } : { granted: false, code: 'approval_expired' }) },
    problems: new Problems(() => undefined),
    audit: (entry: any) => audited.push(entry),
    policies: made.policies,
    state: { workspaces: [{ path, workspaceId: WS }] },
  } as unknown as Core;
  const requests = {
    askOwn: async function* (_: unknown, action: { policy: string }) {
      const { plaintext, decision } = record(who, action.policy);
      const approved = { name: 'Approved', facts: { requestId: 'req-1' }, decision: { evidence: decision } };
      if (over.evidence !== null) state = { ...started, exchanges: { 'req-1': approved } } as unknown as EnforcerState;
      over.meanwhile?.({ shelf: made, meanwhile: () => accept(made, who, '{"gatesOff":["git"],"version":2}') });
      yield { event: { event: 'decided', requestId: 'req-1', verdict: 'allow', outcome: 'approved' }, plaintext };
    },
  } as unknown as RequestService;
  const changes = new PolicyChanges(core, requests);
  const body = { workspace: path, change: { kind: 'gate-off', gate: 'run' } as const, timeoutSeconds: 60 };
  const events = await collect(changes.change(body, new AbortController().signal));
  return { events, shelf: made, audited, dispatched };
}

const nothing = { version: 0, gatesOff: [] };

describe(rules('LOC-080', 'ENF-090', 'INV-38')`the approval of a document`, () => {
  it('is claimed, used and reported', async () => {
    const { events, shelf: made, audited, dispatched } = await change({ granted: true });
    expect(events).toMatchObject([{ event: 'applied' }]);
    expect(made.policies.inForce(WS)).toMatchObject({ gatesOff: ['run'] });
    expect(audited).toMatchObject([{ kind: 'policy.changed', requestId: 'req-1' }]);
    expect(dispatched).toMatchObject([{ type: 'execution.outcome', requestId: 'req-1', outcome: 'succeeded' }]);
  });

  it('that may not be used changes nothing', async () => {
    const { events, shelf: made, audited } = await change({ granted: false });
    expect(events).toMatchObject([{ event: 'refused', outcome: 'failed', code: 'approval_expired' }]);
    expect(made.policies.inForce(WS)).toMatchObject(nothing);
    expect(audited).toEqual([]);
  });

  it('without the message that gave it changes nothing', async () => {
    const { events, shelf: made, audited } = await change({ granted: true, evidence: null });
    expect(events).toMatchObject([{ event: 'refused', outcome: 'failed' }]);
    expect(made.policies.inForce(WS)).toMatchObject(nothing);
    expect(audited).toEqual([]);
  });

  it('of a document that started from one that was replaced meanwhile changes nothing', async () => {
    const {
      events,
      shelf: made,
      dispatched,
    } = await change({
      granted: true,
      meanwhile: ({ meanwhile }) => meanwhile(),
    });
    expect(events).toMatchObject([{ event: 'refused', outcome: 'failed', code: 'policy_changed_meanwhile' }]);
    expect(made.policies.inForce(WS)).toMatchObject({ version: 2, gatesOff: ['git'] });
    expect(dispatched).toMatchObject([{ outcome: 'failed', detail: 'policy_changed_meanwhile' }]);
  });
});
