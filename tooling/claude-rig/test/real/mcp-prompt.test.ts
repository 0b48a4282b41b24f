import { rules } from '@airlock/conformance';
import { inForm } from '@airlock/conformance/requires';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addServer,
  call,
  type ClaudeRun,
  type ClaudeSite,
  mentions,
  openSite,
  requiresClaude,
  runClaude,
  until,
  versionsUnderTest,
  WAIT_FOR_SERVERS,
  isShort,
} from '../../src/index.js';

const REASON = 'not before the review, please';

const PROMPT_TOOL = ['--permission-prompt-tool', 'mcp__airlock__approve_tool_use'];

/** Without the plugin: what Claude Code asks about in its default mode is asked by the MCP server. The human answers by the file. */
for (const version of versionsUnderTest) {
  requiresClaude(version)(`the permission prompt of Claude Code ${version}`, () => {
    let site: ClaudeSite;
    beforeAll(async () => {
      site = await openSite({ plugin: 'none' });
      await addServer(site, version, { name: 'airlock', words: ['mcp', 'serve'] });
      site.human.answering = (opened) => {
        if (mentions(opened, 'reject-')) return { reject: REASON };
        return mentions(opened, 'timeout-') ? 'wait' : 'approve';
      };
    });
    afterAll(() => site?.close());

    async function run(file: string, { env = {}, ...more }: Partial<ClaudeRun> = {}) {
      const command = `echo ran > ${file}`;
      const steps = [call('Bash', { command, description: 'writes a file' })];
      const result = await runClaude(site, {
        version,
        steps,
        effects: [file],
        args: PROMPT_TOOL,
        ...more,
        env: { ...WAIT_FOR_SERVERS, ...env },
      });
      const asked = result.requests.filter((opened) => mentions(opened, file));
      const [told = { isError: null, text: '' }] = result.toolResults;
      return { command, asked, ran: result.ran[file], isError: told.isError, text: told.text };
    }

    describe(rules('LOC-045')`asks once`, { concurrent: true }, () => {
      test('what is approved runs; the card says that the agent claims it', async () => {
        const { command, asked, ran, isError, text } = await run('approve-bash');
        expect({ ran, isError }, text).toEqual({ ran: true, isError: false });
        expect(asked.map(({ content }) => (content.kind === 'action' ? content.action : null))).toEqual([
          expect.objectContaining({ tool: 'Bash', notices: ['claimed-by-agent'] }),
        ]);
        expect(asked.every((opened) => mentions(opened, command))).toBe(true);
      });

      test('what is rejected does not run, and the model is told why', async () => {
        const { asked, ran, isError, text } = await run('reject-bash');
        expect({ ran, isError, asked: asked.length }).toEqual({ ran: false, isError: true, asked: 1 });
        expect(text).toContain(REASON);
      });

      inForm(!isShort, test)('Claude Code that gives up waiting withdraws, and nothing runs', async () => {
        const { ran, isError } = await run('timeout-host', { env: { MCP_TOOL_TIMEOUT: '5000' } });
        expect({ ran, isError }).toEqual({ ran: false, isError: true });
        await until(() => site.human.waiting.every((each) => !isAbout(site, each, 'timeout-host')));
      });

      // Once is enough for five minutes.
      const waits = version === versionsUnderTest[0] ? inForm(!isShort, describe) : () => undefined;
      waits('when nobody answers in five minutes', () => {
        test('it does not run', { timeout: 400_000 }, async () => {
          const { ran, isError, text, asked } = await run('timeout-human', { timeoutMs: 390_000 });
          expect({ ran, isError, asked: asked.length }).toEqual({ ran: false, isError: true, asked: 1 });
          expect(text).toContain('did not answer in time');
        });
      });
    });
  });
}

/** Whether this open request mentions the file. */
function isAbout({ human }: ClaudeSite, requestId: string, file: string): boolean {
  return human.seen.some((opened) => opened.request.requestId === requestId && mentions(opened, file));
}
