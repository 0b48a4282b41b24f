import type { PolicyAnswer } from '@airlock/runtime/client';
import { type Cli, printJson } from '../../cli/context.js';
import { EXIT } from '../../cli/failure.js';
import { asTyped } from '../../cli/invocation.js';
import { visible } from '../../cli/terminal.js';
import { here } from './here.js';
import { isoTime, timeWords } from './time-words.js';
import { toolWords } from './tool-words.js';

interface JsonFlags {
  readonly json?: true;
}

type Grant = PolicyAnswer['standing'][number];

function isoOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : isoTime(epochMs);
}

/** The JSON form of the policy in force: the daemon's answer with times in RFC 3339. */
function shape(policy: PolicyAnswer) {
  return {
    ...policy,
    signedAt: isoOrNull(policy.signedAt),
    autoUntil: isoOrNull(policy.autoUntil),
    failOpenUntil: isoOrNull(policy.failOpenUntil),
    standing: policy.standing.map(grantShape),
  };
}

function grantShape(grant: Grant) {
  return { ...grant, expiresAt: isoTime(grant.expiresAt) };
}

function signatureLine(policy: PolicyAnswer): string {
  if (policy.signedBy === null) return 'none signed: everything is asked';
  const when = policy.signedAt === null ? '' : ` at ${isoTime(policy.signedAt)}`;
  return `version ${policy.version}, signed by ${visible(policy.signedBy)}${when}`;
}

function until(name: string, end: number | null, at: number): readonly string[] {
  if (end === null) return [`${name} off`];
  return [end > at ? `${name} on until ${timeWords(end, at)}` : `${name} off since ${isoTime(end)}`];
}

function listed(title: string, rows: readonly string[]): readonly string[] {
  return rows.length === 0 ? [] : [title, ...rows.map((row) => `  ${visible(row)}`)];
}

/** Which actions a selector names; a member that is not known is shown as it is. */
function selectorWords(selector: Readonly<Record<string, unknown>>): string {
  const words = Object.entries(selector).map(([name, value]) => {
    if (name === 'contentSha256') return `with content ${String(value).slice(0, 16)}…`;
    if (name === 'sessionId') return `in session ${String(value)}`;
    return `${name} ${JSON.stringify(value)}`;
  });
  return words.length === 0 ? 'every action' : `an action ${words.join(', ')}`;
}

/** One standing policy on one line: what it does, for what, until when. */
export function grantLine({ policyId, effect, scope, selector, sessionId, expiresAt }: Grant, at: number): string {
  const what = scope === 'workspace' ? 'everything in this workspace' : selectorWords(selector ?? {});
  const where = sessionId === undefined || selector?.['sessionId'] !== undefined ? '' : ` in session ${sessionId}`;
  return `${policyId}  ${effect === 'approve' ? 'approves' : 'denies'} ${what}${where} until ${timeWords(expiresAt, at)}`;
}

function problemLines(cli: Cli, { problem }: PolicyAnswer): readonly string[] {
  if (problem === undefined) return [];
  const fix = problem.fix === undefined ? '' : ` (try: ${asTyped(cli, problem.fix)})`;
  return [`PROBLEM    ${problem.code} ${problem.message}${fix}`];
}

/** The policy in force for a person. */
export function describePolicyAnswer(cli: Cli, policy: PolicyAnswer, at: number): readonly string[] {
  const taken = (policy.restrictions ?? []).map(({ kind, what }) => (what === undefined ? kind : `${kind} ${what}`));
  return [
    `workspace  ${visible(policy.workspace)}`,
    `policy     ${signatureLine(policy)}`,
    ...problemLines(cli, policy),
    ...until('auto mode ', policy.autoUntil, at),
    ...until('fail open ', policy.failOpenUntil, at),
    ...listed(
      'patterns',
      policy.patterns.map(({ id, pattern }) => `${id}  ${pattern.text}  in ${pattern.cwd}`),
    ),
    ...listed(
      'tools of MCP servers',
      (policy.tools ?? []).map(({ id, tool }) => `${id}  ${toolWords(tool)}`),
    ),
    ...listed('left alone', policy.unmanaged),
    ...listed('never asked, by source', policy.gatesOff),
    ...listed('required', policy.requirements),
    ...listed('taken away here, at once', taken),
    ...listed(
      'standing policies of the approver',
      policy.standing.map((grant) => grantLine(grant, at)),
    ),
  ];
}

/** `airlock policy show`. */
export async function show(cli: Cli, flags: JsonFlags): Promise<number> {
  const { client, workspace } = await here(cli);
  const policy = await client.showPolicy(workspace);
  if (flags.json) printJson(cli, shape(policy));
  else for (const line of describePolicyAnswer(cli, policy, Date.now())) cli.print(line);
  return EXIT.ok;
}

/** `airlock policy grants`. */
export async function grants(cli: Cli, flags: JsonFlags): Promise<number> {
  const { client, workspace } = await here(cli);
  const { standing } = await client.showPolicy(workspace);
  if (flags.json) printJson(cli, standing.map(grantShape));
  else if (standing.length === 0) cli.say('airlock: no standing policy is known here');
  else for (const grant of standing) cli.print(visible(grantLine(grant, Date.now())));
  return EXIT.ok;
}
