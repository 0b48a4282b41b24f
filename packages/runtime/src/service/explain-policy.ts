import { RuntimeError } from '../errors.js';
import type { ExplainAnswer, ExplainBody } from '../socket/policy-api.js';
import { realWorkspacePath, workspaceOf } from '../workspaces/workspaces.js';
import { closedBy } from './admission.js';
import { describeOutside, prepare, questionOf } from './asked.js';
import type { Core } from './core.js';
import { explain } from './explain.js';
import { basisOf, judge } from './judge.js';
import { unmanagedAround } from './unmanaged.js';

/** Of an action that is only explained; nothing is submitted. */
const TIMEOUT_SECONDS = 60;

/**
 * What would happen to an action before a human is asked: the same evaluation as for a request, and no trace of it. Throws
 * `bad_request`, and what denies everything here.
 */
export function explainPolicy(core: Core, body: ExplainBody): ExplainAnswer {
  const path = realWorkspacePath(body.workspace);
  const workspace = workspaceOf(path, core.state?.workspaces ?? []);
  const request = { ...body, timeoutSeconds: TIMEOUT_SECONDS };
  const requestId = `req-${core.ports.uuid()}`;
  const closed = closedBy(core, workspace);
  if (closed === 'not_paired') {
    const folder = unmanagedAround(core, path, workspace);
    if (folder !== null && describeOutside(core, requestId, request) !== null) {
      return { verdict: 'pass', basis: { kind: 'unmanaged', path: folder }, touchesGate: [] };
    }
  }
  const asked =
    workspace === undefined || closed !== null ? null : prepare(core, requestId, questionOf(workspace, request));
  if (asked === null) throw refusal(core, closed ?? 'not_paired');
  const verdict = judge(core, asked, 'dry');
  const touchesGate = [...asked.touches];
  if (verdict.kind !== 'ask') return { verdict: verdict.kind, basis: basisOf(verdict), touchesGate };
  const { reason, detail } = verdict;
  return { verdict: 'ask', reason, ...(detail === undefined ? {} : { detail }), touchesGate };
}

function refusal(core: Core, code: string): RuntimeError<string> {
  const why = explain(core, code);
  return new RuntimeError<string>(code, why?.reason ?? code, why?.fix === undefined ? {} : { fix: why.fix });
}
