import { rules } from '@airlock/conformance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallPorts } from '../../src/host/call-ports.js';
import type { HostCall, HostVerdict } from '../../src/host/host-desk.js';
import { JoinedCalls } from '../../src/host/joined-calls.js';
import { callFor, describedCommand, HOST, inputOf } from '../support/host.js';
import { HandClock, ScriptedRequests, settled } from '../support/scripted-requests.js';

const LAYERS = ['PreToolUse', 'tool.check', 'tool.run'];
const INPUTS = ['echo hi', 'rm -rf /'].map(inputOf);
const IDS = ['toolu_1', 'toolu_2'];

type Step =
  | {
      readonly do: 'report';
      readonly layer: number;
      readonly input: number;
      readonly id: number;
      readonly waits: boolean;
    }
  | { readonly do: 'leave' | 'go' | 'approve' | 'reject' | 'pass'; readonly which: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'end'; readonly id: number }
  | { readonly do: 'end-session' };

const which = fc.nat(7);
const id = fc.nat(IDS.length - 1);
// Now and then other input under a known id.
const input = fc.nat(11).map((n) => (n === 0 ? 1 : 0));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 30, arbitrary: fc.record({ do: fc.constant('report'), layer: fc.nat(2), input, id, waits: fc.boolean() }) },
  { weight: 20, arbitrary: fc.record({ do: fc.constant('go'), which }) },
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constantFrom('approve', 'approve', 'approve', 'pass', 'reject'), which: fc.nat(1) }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('leave'), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(1, 1000, 4999, 20_000, 61_000) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end'), id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end-session') }) },
) as fc.Arbitrary<Step>;

interface Report {
  readonly id: string;
  readonly layer: string;
  readonly input: string;
  /** Which life of the session it belongs to. */
  readonly life: number;
  readonly gone: AbortController;
  verdict: HostVerdict | null;
}

/** Everything that happens around joined calls, and what must never be seen of them. */
class World {
  readonly clock = new HandClock();
  readonly scripted = new ScriptedRequests(this.clock);
  readonly reports: Report[] = [];
  /** What was seen and must not be. */
  readonly broken: unknown[] = [];
  readonly #held: { readonly go: () => void }[] = [];
  readonly #calls: JoinedCalls;
  /** Calls to which other input was reported, or that ended. */
  readonly #spoiled = new Set<string>();
  #life = 0;

  constructor() {
    this.scripted.hold = () => this.#hold();
    const ports: CallPorts = {
      ports: this.clock.ports,
      requests: this.scripted.requests,
      handOver: { given: () => undefined, ended: () => undefined },
      closed: () => null,
      incident: () => undefined,
    };
    this.#calls = new JoinedCalls(ports);
  }

  get busy(): boolean {
    return this.#calls.busy;
  }

  async take(step: Step): Promise<void> {
    switch (step.do) {
      case 'report':
        this.#report(step);
        break;
      case 'leave':
        this.waiting[step.which]?.gone.abort();
        break;
      case 'go':
        // Every other time all of it, in its order.
        for (const { go } of step.which % 2 === 0 ? this.#held.splice(0) : this.#held.splice(step.which % 3, 1)) go();
        break;
      case 'approve':
        this.scripted.all.at(-1 - step.which)?.decide({ verdict: 'allow', outcome: 'approved' });
        break;
      case 'pass':
        this.scripted.all.at(-1 - step.which)?.decide({ verdict: 'pass', outcome: 'passed', basis: { kind: 'read' } });
        break;
      case 'reject':
        this.scripted.all.at(-1 - step.which)?.decide({ verdict: 'deny', outcome: 'rejected' });
        break;
      case 'wait':
        await this.clock.advance(step.ms);
        break;
      case 'end':
        this.#spoil(IDS[step.id] ?? '');
        this.#calls.ended({ host: HOST, sessionId: 's-1', toolUseId: IDS[step.id] ?? '', result: 'succeeded' });
        break;
      case 'end-session':
        this.#calls.sessionEnded(HOST, 's-1');
        this.#life += 1;
        break;
    }
    await settled();
  }

  get waiting(): readonly Report[] {
    return this.reports.filter((one) => one.verdict === null && !one.gone.signal.aborted);
  }

  /** Everybody leaves, everything held goes on, and the time passes in which somebody could come back. */
  async close(): Promise<void> {
    for (const { gone } of this.reports) gone.abort();
    for (let n = 0; n < 10; n += 1) {
      for (const { go } of this.#held.splice(0)) go();
      await settled();
    }
    await this.clock.advance(5000);
    for (const { go } of this.#held.splice(0)) go();
    await settled();
  }

  #key(toolUseId: string, life: number): string {
    return `${life}/${toolUseId}`;
  }

  #spoil(toolUseId: string): void {
    const key = this.#key(toolUseId, this.#life);
    if (this.reports.some((one) => this.#key(one.id, one.life) === key)) this.#spoiled.add(key);
  }

  async #hold(): Promise<void> {
    await new Promise<void>((resolve) => this.#held.push({ go: resolve }));
  }

  #report({ layer, input, id, waits }: Extract<Step, { do: 'report' }>): void {
    const inputJson = INPUTS[input] ?? '';
    const toolUseId = IDS[id] ?? '';
    const report: Report = {
      id: toolUseId,
      layer: LAYERS[layer] ?? '',
      input: inputJson,
      life: this.#life,
      gone: new AbortController(),
      verdict: null,
    };
    const key = this.#key(toolUseId, this.#life);
    const first = this.reports.find((one) => this.#key(one.id, one.life) === key);
    if (first !== undefined && first.input !== inputJson) this.#spoiled.add(key);
    this.reports.push(report);
    const call: HostCall = callFor('/w', {
      layer: report.layer,
      toolUseId,
      inputJson,
      timeoutSeconds: 60,
      signal: report.gone.signal,
      ...(waits ? {} : { waitMs: 1000 }),
      describe: async () => {
        await this.#hold();
        const recheck = async () => {
          await this.#hold();
          return null;
        };
        return describedCommand('/w', inputJson, { recheck });
      },
    });
    this.#calls
      .decide(call)
      .then((verdict) => this.#got(report, verdict))
      .catch((cause: unknown) => this.broken.push(cause));
  }

  #got(report: Report, verdict: HostVerdict): void {
    report.verdict = verdict;
    if (verdict.permission !== 'allow' && verdict.permission !== 'pass') return;
    const key = this.#key(report.id, report.life);
    const behind = this.scripted.all.find(({ requestId }) => requestId === verdict.requestId);
    const shown = behind?.body.action;
    expect(shown?.inputJson, 'let through is what was shown').toBe(report.input);
    expect(behind?.decided, 'somebody permitted it').toBe(verdict.permission === 'allow' ? 'approved' : 'passed');
    expect([behind?.claims, behind?.withdrawn], 'on record as used, and not withdrawn').toEqual([1, false]);
    expect(report.gone.signal.aborted, 'nobody gets it who has gone').toBe(false);
    expect(report.life, 'nor whose session is over').toBe(this.#life);
    expect(this.#spoiled.has(key), 'nor after other input or the end').toBe(false);
    if (verdict.permission === 'allow') expect(this.clock.now).toBeLessThan(behind?.expiresAt ?? 0);
    const same = this.reports.filter(
      (one) => one !== report && this.#key(one.id, one.life) === key && one.layer === report.layer,
    );
    expect(
      same.filter(({ verdict: other }) => other !== null && 'requestId' in other && other.permission !== 'deny'),
      'each layer once',
    ).toEqual([]);
  }
}

async function played(steps: readonly Step[]): Promise<World> {
  const world = new World();
  for (const one of steps) {
    await world.take(one);
    for (const { claims } of world.scripted.all) expect(claims).toBeLessThanOrEqual(1);
  }
  return world;
}

describe(rules('LOC-145', 'INV-15', 'ENF-140')`however the layers of calls come, leave and come again`, () => {
  it('nothing is let through twice, unseen, changed, withdrawn or late', { timeout: 120_000 }, async () => {
    let allowed = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 50, size: 'max' }), async (steps) => {
        const world = await played(steps);
        allowed += world.reports.filter(({ verdict }) => verdict?.permission === 'allow').length;
        await world.close();
        expect(world.broken).toEqual([]);
        expect(world.reports.filter(({ verdict }) => verdict === null)).toEqual([]);
        expect(world.busy).toBe(false);
        const delivered = new Set(
          world.reports.map(({ verdict }) =>
            verdict?.permission === 'allow' || verdict?.permission === 'pass' ? verdict.requestId : '',
          ),
        );
        for (const one of world.scripted.all) {
          const isOpen = one.decided === null && !one.withdrawn;
          expect(isOpen, 'a question that nobody waits for is withdrawn').toBe(false);
          const isLoose = one.claims === 1 && !delivered.has(one.requestId) && one.outcomes.length === 0;
          expect(isLoose, 'what was claimed for nobody ended as not started').toBe(false);
          expect(one.outcomes.length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 1000 },
    );
    expect(allowed, 'the runs reach what they are about').toBeGreaterThan(100);
  });
});
