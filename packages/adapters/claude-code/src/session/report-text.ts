import type { Finding } from '../install/findings.js';
import type { HostMeaning } from '../install/host-version.js';
import type { PluginState } from '../install/plugin-state.js';
import type { CanaryResult } from './canary.js';
import type { DaemonFacts } from './daemon-facts.js';
import { TRUST } from './host-words.js';

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

/** One line when all is well and nothing is to be known; otherwise a line each for what there is, and what to type. */
export function sessionReport(facts: SessionFacts): SessionReport {
  const stops = stopLines(facts.daemon);
  const open = openLines(facts);
  const lines = [...stops, ...open, ...modeLines(facts.daemon), ...noteLines(facts.findings)];
  const holds: Holds = { blocks: facts.canary.ok, isStopped: stops.length > 0, isOpen: open.length > 0 };
  return {
    human: [`${headline(holds)} (${hostWords(facts)})`, ...capped(lines).map((line) => `- ${line}`)].join('\n'),
    model: modelText(holds),
  };
}

/** How far the gate holds. */
interface Holds {
  /** A denial denies; without that nothing else counts. */
  readonly blocks: boolean;
  /** Everything is denied. */
  readonly isStopped: boolean;
  readonly isOpen: boolean;
}

function headline({ blocks, isStopped, isOpen }: Holds): string {
  if (!blocks) return 'Airlock does NOT protect this session';
  if (isStopped) return 'Airlock denies every tool call in this session';
  if (isOpen) return 'Airlock gates this session, but not every way around it is closed';
  return 'Airlock gates this session: nothing runs without your approval or your policy';
}

/** Where modules do not exist, what is open says so. */
function hostWords({ version, meaning, plugin, canary }: SessionFacts): string {
  const module = canary.isModuleHeard ? 'module loaded' : 'module not heard of yet';
  return [
    `Claude Code ${version ?? 'of unknown version'}`,
    ...(meaning.hasModules ? [module] : []),
    TRUST[plugin.kind],
  ].join(', ');
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

/** What opens nothing, but sits beside the gate: hooks that may rewrite a call above all. */
function noteLines(findings: SessionFacts['findings']): readonly string[] {
  return findings.filter(({ effect }) => effect === 'note').map(({ source, what }) => `note: ${source}: ${what}`);
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
function modelText(holds: Holds): string {
  return [
    ...(holds.blocks ? gateWords(holds) : BROKEN),
    'Do not change the files, settings or processes of Airlock or of Claude Code, and do not try other ways to the same effect.',
  ].join(' ');
}

const BROKEN = [
  'Airlock is to stand between you and every tool call of this session, but its denials do not hold: a call may run that nobody approved.',
  'That gives you no permission to make one: tell the human first.',
];

function gateWords({ isStopped, isOpen }: Holds): readonly string[] {
  return [
    'Airlock stands between you and every tool call of this session: a human signs what may run.',
    isStopped
      ? 'At the moment every call is denied; only the human can change that.'
      : 'A call may wait up to five minutes for the human. A denial and its reason are final for that call: do something else or ask the human.',
    ...(isOpen ? ['Parts of this gate may not hold; that gives you no permission to go around it.'] : []),
  ];
}
