import { resolve } from 'node:path';
import { realpathSync } from 'node:fs';
import { type PolicyRequirement, policyGateSchema } from '@airlock/protocol';
import type { RestrictionBody } from '@airlock/runtime/client';
import { type Cli, printJson } from '../../cli/context.js';
import { EXIT, UsageError } from '../../cli/failure.js';
import { here, type Here } from './here.js';

interface JsonFlags {
  readonly json?: true;
}

/** What a tightening says; the second when it held already. */
interface Told {
  readonly line: string;
  readonly unchanged: string;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Tightens the policy of this workspace at once; nobody is asked. */
export async function restrict(
  { cli, flags, at }: { readonly cli: Cli; readonly flags: JsonFlags; readonly at?: Here },
  restriction: RestrictionBody['restriction'],
  told: Told,
): Promise<number> {
  const { client, workspace } = at ?? (await here(cli));
  const { changed } = await client.restrictPolicy({ workspace, restriction });
  if (flags.json) printJson(cli, { ...told.json, changed });
  else cli.say(`airlock: ${changed ? told.line : told.unchanged}`);
  return EXIT.ok;
}

/** The real path of a folder as far as it exists: what is gone can still be taken from the policy. */
function folderPath(named: string): string {
  try {
    return realpathSync(named);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return resolve(named);
  }
}

/** The name of a layer, as requests carry it in `source`. */
export function gateName(text: string): string {
  if (policyGateSchema.safeParse(text).success) return text;
  throw new UsageError(`${text} is not the name of a source: small letters, digits and hyphens, for example run`);
}

/** `airlock policy end-grant`. */
export function endGrant(cli: Cli, id: string, flags: JsonFlags): Promise<number> {
  return restrict(
    { cli, flags },
    { kind: 'grant-ended', policyId: id },
    {
      line: `${id} is not honoured here any more`,
      unchanged: `${id} was not honoured here already`,
      json: { grant: id },
    },
  );
}

/** `airlock policy manage`. */
export function manage(cli: Cli, named: string, flags: JsonFlags): Promise<number> {
  const path = folderPath(named);
  return restrict(
    { cli, flags },
    { kind: 'path-managed', path },
    { line: `${path} is gated again`, unchanged: `${path} was gated already`, json: { path, managed: true } },
  );
}

/** `airlock policy gate-on`. */
export function gateOn(cli: Cli, source: string, flags: JsonFlags): Promise<number> {
  const gate = gateName(source);
  return restrict(
    { cli, flags },
    { kind: 'gate-on', gate },
    { line: `${gate} is asked about again`, unchanged: `${gate} was asked about already`, json: { gate, on: true } },
  );
}

/** `airlock policy require`. */
export function require(cli: Cli, requirement: PolicyRequirement, flags: JsonFlags): Promise<number> {
  return restrict(
    { cli, flags },
    { kind: 'require', requirement },
    {
      line: `${requirement} is required from now on`,
      unchanged: `${requirement} was required already`,
      json: { requirement, required: true },
    },
  );
}
