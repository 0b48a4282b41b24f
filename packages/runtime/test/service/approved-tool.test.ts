import { rules } from '@airlock/conformance';
import { parseHexSha256 } from '@airlock/protocol';
import { describe, expect, it } from 'vitest';
import { approvedTool } from '../../src/service/approved-tool.js';
import type { ApprovedTarget } from '../../src/tools/known-tools.js';

const hash = (digit: string) => parseHexSha256(digit.repeat(64));
const NAMES = { server: 'search', tool: 'query' };
const SEEN: ApprovedTarget = { serverSha256: hash('1'), definitionSha256: hash('2'), isShown: true };

/** What is signed where this was approved last as a call of the tool in the workspace `ws-1`. */
const signedFor = (approved: ApprovedTarget | null, workspaceId = 'ws-1') =>
  approvedTool(
    {
      lastApproved: (where, { server, method, tool }) =>
        [where, server, method, tool].join() === 'ws-1,search,tools/call,query' ? approved : null,
    },
    workspaceId,
    NAMES,
  );

describe(rules('LOC-080')`the tool that an approver is asked to allow`, () => {
  it('is what was approved last, and nothing else', () => {
    expect(signedFor(SEEN)).toEqual({ ...NAMES, serverSha256: hash('1'), definitionSha256: hash('2') });
  });

  it.each<[string, ApprovedTarget | null, string?]>([
    ['nothing was approved', null],
    ['it was approved in another workspace', SEEN, 'ws-2'],
    ['nobody knows its server', { ...SEEN, serverSha256: null }],
    ['nobody saw its definition', { ...SEEN, definitionSha256: null }],
    ['the human saw neither, because a host asked', { ...SEEN, isShown: false }],
  ])('is refused where %s, and says what to do', (_, approved, workspaceId) => {
    const refused = expect.objectContaining({ code: 'tool_unknown', fix: expect.any(String) });
    expect(() => signedFor(approved, workspaceId)).toThrow(refused);
  });
});
