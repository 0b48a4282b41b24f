import { join } from 'node:path';
import { rules } from '@airlock/conformance';
import { inForm } from '@airlock/conformance/requires';
import type { OpenedRequest } from '@airlock/approver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addServer,
  call,
  calls,
  type ClaudeResult,
  type ClaudeSite,
  isShort,
  mentions,
  openSite,
  proxyWords,
  receivedCalls,
  REGISTRATIONS,
  registerServers,
  requiresClaude,
  runClaude,
  startClaude,
  type Step,
  until,
  versionsUnderTest,
  WAIT_FOR_SERVERS,
} from '../../src/index.js';

const REASON = 'not before the review, please';

/** Nothing of it may be another one on its way: letters, an escape, a fraction, the order of members. */
const MORE = { note: 'é 😀 "x" \u2028', size: 1.5, deep: { b: [1, -0.25], a: null } };

/** Without the plugin the proxy alone asks, in a mode in which Claude Code asks nobody. */
const GATES = ['the proxy alone', 'the plugin and the proxy'] as const;
type Gate = (typeof GATES)[number];

interface Case {
  readonly gate: Gate;
  readonly server: string;
}

const approvedCases = GATES.flatMap((gate) => REGISTRATIONS.map((server): Case => ({ gate, server })));
const PLUGIN_WRAPPED: Case = { gate: 'the plugin and the proxy', server: 'wrapped' };
const ALONE_ADDED: Case = { gate: 'the proxy alone', server: 'added' };

/** The human answers by the name of the file. */
for (const version of versionsUnderTest) {
  requiresClaude(version)(`a server behind the proxy, in Claude Code ${version}`, () => {
    let site: ClaudeSite;
    beforeAll(async () => {
      site = await openSite({ plugin: 'side' });
      await registerServers(site, version);
      site.human.answering = (opened) => {
        if (mentions(opened, '/reject-')) return { reject: REASON };
        return mentions(opened, '/timeout-') ? 'wait' : 'approve';
      };
    });
    afterAll(() => site?.close());

    const fileOf = (name: string) => join(site.project.folder, name);
    const received = (path: string) =>
      receivedCalls(site).filter(({ params }) => (params.arguments as { path: string }).path === path);
    const run = (steps: readonly Step[], gate: Gate) => runClaude(site, { version, steps, ...startOf(gate) });

    async function handOvers(requests: readonly OpenedRequest[]): Promise<readonly AuditEntry[]> {
      const ids = requests.map(({ request }): string => request.requestId);
      const entries = JSON.parse(await site.airlock('audit', 'list', '--json')) as readonly AuditEntry[];
      return entries.filter(({ fromRequestId = '' }) => ids.includes(fromRequestId));
    }

    describe(rules('LOC-045', 'LOC-147', 'ART-140')`asks once`, { concurrent: true }, () => {
      test.each(isShort ? [PLUGIN_WRAPPED] : approvedCases)(
        '$gate, $server: what is approved runs, as it was shown',
        async ({ gate, server }) => {
          const input = { path: fileOf(`approve-${server}-${GATES.indexOf(gate)}`), ...MORE };
          const result = await run([call(`mcp__${server}__touch`, input)], gate);
          expect(toldOf(result)).toEqual([{ isError: false, text: `touched ${input.path}` }]);
          expect(received(input.path).map(({ params }) => params.arguments)).toEqual([input]);
          expect(result.requests.filter((opened) => mentions(opened, input.path)).map(shownInput)).toEqual([input]);
          expect(result).toMatchObject({ exitCode: 0, unscripted: [] });
        },
      );

      test.each(isShort ? [ALONE_ADDED] : approvedCases)(
        '$gate, $server: what is rejected does not run, and the model is told why',
        async ({ gate, server }) => {
          const path = fileOf(`reject-${server}-${GATES.indexOf(gate)}`);
          const result = await run([call(`mcp__${server}__touch`, { path })], gate);
          expect(toldOf(result)).toEqual([{ isError: true, text: expect.stringContaining(REASON) }]);
          expect(received(path)).toEqual([]);
          expect(result.requests.filter((opened) => mentions(opened, path))).toHaveLength(1);
        },
      );
    });

    inForm(!isShort, describe)('hands each approval over once', () => {
      test('the same call again is asked about anew, and the log names both requests of each', async () => {
        const input = { path: fileOf('twice'), ...MORE };
        const steps = [call('mcp__added__touch', input), call('mcp__added__touch', input)];
        const { requests, toolResults } = await run(steps, 'the plugin and the proxy');
        expect(toolResults.map(({ isError }) => isError)).toEqual([false, false]);
        expect(requests.map(({ request }) => request.requestId)).toHaveLength(2);
        const over = await handOvers(requests);
        const named = (kind: string) => over.filter((entry) => entry.kind === kind);
        const from = requests.map(({ request }) => request.requestId);
        expect(named('approval.handed-over').map(({ fromRequestId }) => fromRequestId)).toEqual(from);
        expect(named('execution.granted').map(({ fromRequestId }) => fromRequestId)).toEqual(from);
        const own = named('approval.handed-over').map(({ requestId }) => requestId);
        expect(new Set([...own, ...from]).size).toBe(4);
        expect(received(input.path)).toHaveLength(2);
      });
    });

    inForm(!isShort, describe)('several calls in one message', () => {
      test.each(GATES)('%s: each gets its own answer, and those that only read wait side by side', async (gate) => {
        const names = ['a', 'reject-b', 'c'].map((name) => `${name}-${GATES.indexOf(gate)}`);
        const paths = names.map((name) => fileOf(`${name}-together`));
        const before = site.human.answering;
        let most = 0;
        site.human.answering = (opened) => {
          most = Math.max(most, site.human.waiting.length);
          return most < paths.length ? 'wait' : before(opened);
        };
        const look = (path: string) => ({ tool: 'mcp__added__look', input: { path } });
        const result = await run([calls(...paths.map(look))], gate);
        site.human.answering = before;
        const together = [...result.toolResults].sort((one, other) => one.toolUseId.localeCompare(other.toolUseId));
        expect(together.map(({ isError }) => isError)).toEqual([false, true, false]);
        expect(paths.map((path) => received(path).length)).toEqual([1, 0, 1]);
        expect(result.requests).toHaveLength(3);
      });
    });

    inForm(!isShort, test)(
      'a human who thinks for more than a minute is waited for: nothing is to be called again',
      async () => {
        const path = fileOf('slow');
        const before = site.human.answering;
        let since: number | undefined;
        site.human.answering = (opened) => {
          since ??= performance.now();
          return performance.now() - since < 65_000 ? 'wait' : before(opened);
        };
        const { toolResults, requests } = await run([call('mcp__added__touch', { path })], 'the proxy alone');
        site.human.answering = before;
        expect(toolResults.map(({ text }) => text)).toEqual([`touched ${path}`]);
        expect(requests).toHaveLength(1);
      },
    );

    inForm(!isShort, describe)('a session that ends while the proxy waits', () => {
      test.each(['SIGTERM', 'SIGKILL'] as const)('%s withdraws, and nothing runs', async (signal) => {
        const path = fileOf(`timeout-${signal}`);
        const steps = [call('mcp__added__touch', { path })];
        const running = await startClaude(site, { version, steps, ...startOf('the proxy alone') });
        try {
          await until(() => site.human.waiting.length === 1);
          running.child.kill(signal);
          await running.finished();
          await until(() => site.human.waiting.length === 0);
        } finally {
          running.kill();
        }
        expect(received(path)).toEqual([]);
      });
    });

    inForm(!isShort, describe.concurrent)('when nobody answers', () => {
      beforeAll(async () => {
        await site.restartDaemon({ AIRLOCK_APPROVAL_SECONDS: '3' });
        await addServer(site, version, { name: 'brief', words: proxyWords('brief', '--timeout', '3') });
      });

      test.each<Case>([
        { gate: 'the proxy alone', server: 'brief' },
        { gate: 'the plugin and the proxy', server: 'added' },
        PLUGIN_WRAPPED,
      ])('$gate, $server: it does not run', async ({ gate, server }) => {
        const path = fileOf(`timeout-${server}`);
        const result = await run([call(`mcp__${server}__touch`, { path })], gate);
        expect(toldOf(result)).toEqual([{ isError: true, text: expect.stringContaining('nobody answered in time') }]);
        expect(received(path)).toEqual([]);
        expect(result.requests.filter((opened) => mentions(opened, path))).toHaveLength(1);
      });

      test('and no request is left', () => until(() => site.human.waiting.length === 0));
    });
  });
}

/** With the plugin its hook lets a call through that default mode would refuse. */
function startOf(gate: Gate) {
  const isAlone = gate === 'the proxy alone';
  return { mode: isAlone ? 'bypass' : 'default', withoutPlugin: isAlone, env: WAIT_FOR_SERVERS } as const;
}

interface AuditEntry {
  readonly kind: string;
  readonly requestId?: string;
  readonly fromRequestId?: string;
}

function toldOf({ toolResults }: ClaudeResult) {
  return toolResults.map(({ isError, text }) => ({ isError, text }));
}

/** The arguments on the card. */
function shownInput({ content }: OpenedRequest): unknown {
  return content.kind === 'action' && content.action.kind === 'mcp-call' ? JSON.parse(content.action.inputJson) : null;
}
