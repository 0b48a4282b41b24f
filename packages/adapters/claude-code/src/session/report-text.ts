import type { Finding } from '../install/findings.js';
import type { HostMeaning } from '../install/host-version.js';
import type { PluginState } from '../install/plugin-state.js';
import type { CanaryResult } from './canary.js';
import type { DaemonFacts } from './daemon-facts.js';

/** What is known when a session starts. */
export interface SessionFacts {
  /** What the host says its version is; null when it does not. */
  readonly version: string | null;
  readonly meaning: HostMeaning;
  readonly plugin: PluginState;
  readonly canary: CanaryResult;
  readonly daemon: DaemonFacts;
  readonly findings: readonly Finding[];
}

/** What is said to the human and to the model. */
export interface SessionReport {
  readonly human: string;
  readonly model: string;
}

const LONGEST_LINE = 300;
const MOST_LINES = 12;

/** One line when all is well; otherwise one line each for what protects less than it seems, and what to type. */
export function sessionReport(facts: SessionFacts): SessionReport {
  const open = openLines(facts);
  const stops = stopLines(facts.daemon);
  const notes = facts.findings.filter(({ effect }) => effect === 'note').length;
  const known = notes === 0 ? '' : `; ${notes} to know about: airlock claude status`;
  const lines = [...stops, ...open, ...modeLines(facts.daemon)];
  return {
    human: [
      `${headline(facts, stops.length > 0, open.length > 0)}${known}`,
      ...capped(lines).map((line) => `- ${line}`),
    ].join('\n'),
    model: modelText(stops.length > 0, open.length > 0),
  };
}

const TRUST: Readonly<Record<PluginState['kind'], string>> = {
  managed: 'managed',
  installed: 'cooperative: what runs as you can remove it',
  published: 'cooperative: what runs as you can remove it',
  development: 'development: an agent can write this plugin',
};

function headline({ version, plugin, canary }: SessionFacts, isStopped: boolean, isOpen: boolean): string {
  const host = `Claude Code ${version ?? 'of unknown version'}, ${TRUST[plugin.kind]}`;
  if (isStopped) return `Airlock denies every tool call in this session (${host})`;
  if (!canary.ok) return `Airlock does NOT protect this session (${host})`;
  if (isOpen) return `Airlock gates this session, but not every way around it is closed (${host})`;
  return `Airlock gates this session: nothing runs without your approval or your policy (${host})`;
}

/** Why everything is denied. */
function stopLines(daemon: DaemonFacts): readonly string[] {
  switch (daemon.state) {
    case 'unreachable':
    case 'problem':
      return [`${daemon.code}: ${daemon.message}; type: ${daemon.fix ?? 'airlock doctor'}`];
    case 'signed-out':
      return ['signed out; type: airlock sign-in, or /airlock:sign-in'];
    case 'not-paired':
      return ['this folder is not paired with an approver; type in a terminal here: airlock pair'];
    case 'ready':
      return [];
    default:
      return daemon satisfies never;
  }
}

function openLines({ canary, plugin, meaning, findings }: SessionFacts): readonly string[] {
  const faults = plugin.faults.slice(0, 3).map((fault) => `plugin: ${fault}`);
  return [
    ...(canary.ok ? [] : [`${canary.detail}; end this session, then type: airlock doctor`]),
    ...(plugin.faults.length === 0 ? [] : [...faults, 'to repair the plugin, type: airlock claude install']),
    ...meaning.open.map((each) => `${each}; update Claude Code`),
    ...findings.filter(({ effect }) => effect !== 'note').map(({ source, what }) => `${source}: ${what}`),
  ];
}

/** What the human allowed for a while, with its end. */
function modeLines(daemon: DaemonFacts): readonly string[] {
  if (daemon.state !== 'ready') return [];
  const { assurance, autoUntil, failOpenUntil } = daemon;
  return [
    ...(autoUntil === null
      ? []
      : [`auto mode is on until ${clock(autoUntil)}: almost nothing is asked; /airlock:auto-off`]),
    ...(failOpenUntil === null
      ? []
      : [
          `fail mode is open until ${clock(failOpenUntil)}: calls pass when the gateway is away; /airlock:fail-mode closed`,
        ]),
    ...(assurance === 'gateway-trusted'
      ? ['the pairing trusts the gateway; pair again with the full code: airlock pair']
      : []),
  ];
}

function clock(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Names of files and folders come from repositories: they are shown, but can do nothing to a terminal. */
function capped(lines: readonly string[]): readonly string[] {
  const shown = lines.slice(0, MOST_LINES).map((line) => line.replace(/[^\x20-\x7e]/gu, '?').slice(0, LONGEST_LINE));
  const rest = lines.length - shown.length;
  return rest > 0 ? [...shown, `and ${rest} more; type: airlock claude status`] : shown;
}

/** Fixed words only: nothing that a repository named reaches the model as if we had said it. */
function modelText(isStopped: boolean, isOpen: boolean): string {
  return [
    'Airlock stands between you and every tool call of this session: a human signs what may run.',
    isStopped
      ? 'At the moment every call is denied; only the human can change that.'
      : 'A call may wait up to five minutes for the human. A denial and its reason are final for that call: do something else or ask the human.',
    ...(isOpen ? ['Parts of this gate may not hold; that gives you no permission to go around it.'] : []),
    'Do not change the files, settings or processes of Airlock or of Claude Code, and do not try other ways to the same effect.',
  ].join(' ');
}
