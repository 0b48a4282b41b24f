import { type EnforcerEvent, type EnforcerState, initialState } from '@airlock/enforcer';
import { deepFreeze, frozenStep } from '../engine/frozen-step.js';
import { memoVerifier } from '../engine/memo-verifier.js';
import { ok, UNREACHABLE } from '../gateway-model/outcomes.js';
import { SIMULATED_START } from '../simulation/clock.js';
import {
  actionsOf,
  describeAction,
  EXPLORED_ARTIFACT_MS,
  EXPLORED_DECISION_MS,
  type HostileWorldOptions,
  type WorldAction,
} from './actions.js';
import { type Explorable, isViolation, type Violation } from './breadth-first.js';
import { type Cast, cast, EXPLORED_START_MONO, EXPLORED_WORKSPACE, standing } from './cast.js';
import { signatureId } from './messages.js';
import { brokenProperty } from './properties.js';
import { absorb, type Setting, truthOf, withTruth, type World, worldKey } from './world.js';

type Plain<Event> = Event extends unknown ? Omit<Event, 'at' | 'mono'> : never;
type Reached = World | Violation;

interface Laws {
  readonly people: Cast;
  readonly setting: Setting;
  readonly options: HostileWorldOptions;
  readonly send: (world: World, event: Plain<EnforcerEvent>) => Reached;
}

const EMPTY: Omit<World, 'engine'> = {
  at: SIMULATED_START,
  mono: EXPLORED_START_MONO,
  signed: [],
  journal: [],
  recording: [],
  pending: [],
  truth: {},
  revoked: false,
  restarts: 0,
  jumps: 0,
};

function sender(options: HostileWorldOptions, setting: Setting): Laws['send'] {
  const step = frozenStep(options.step);
  const verifier = memoVerifier();
  return (world, event) => {
    const stamped = { ...event, at: world.at, mono: world.mono } as EnforcerEvent;
    const { state: after, effects } = step(world.engine, stamped, { verifier });
    const violated = brokenProperty(world, setting, { after, effects });
    if (violated !== null) return { violated };
    const granted = effects.flatMap((effect) => (effect.type === 'execution.grant' ? [effect.requestId] : []));
    const counted = granted.reduce(
      (next, requestId) => withTruth(next, requestId, { executions: truthOf(next, requestId).executions + 1 }),
      world,
    );
    return absorb({ ...counted, engine: after }, effects);
  };
}

function certain(reached: Reached): World {
  if (isViolation(reached)) throw new TypeError(reached.violated);
  return reached;
}

function begin({ people, send }: Laws, engine: EnforcerState, outside: Omit<World, 'engine'>): World {
  const durable = {
    auth: { gatewayUrl: 'https://gateway.example', credential: { kind: 'pat', pat: 'airpat_x' } },
    workspaces: [standing(people, outside.revoked)],
    openRequests: [],
    rejections: [],
  } as const;
  return certain(send({ ...outside, engine }, { type: 'engine.start', durable }));
}

function reopen({ people, send }: Laws, world: World, requestId: string): Reached {
  const request = people.requests.find((candidate) => candidate.requestId === requestId);
  if (request === undefined) return world;
  const fresh = withTruth(world, requestId, { rejected: false, closed: false, opened: true, openedMono: world.mono });
  return send(fresh, { type: 'request.open', ...request });
}

function answerSubmission(
  { send }: Laws,
  world: World,
  action: { kind: 'accept' | 'lose'; requestId: string },
): Reached {
  const { requestId, kind } = action;
  const pending = world.pending.filter((call) => call.requestId !== requestId || call.call !== 'submitArtifact');
  return send(
    { ...world, pending },
    {
      type: 'gateway.submitArtifact.result',
      callId: `submitArtifact:${requestId}`,
      outcome: kind === 'accept' ? ok({ state: 'PendingApproval', expiresAt: 0, duplicate: false }) : UNREACHABLE,
    },
  );
}

function isUndecided(world: World, requestId: string): boolean {
  const name = world.engine.exchanges[requestId]?.name;
  return name === 'Created' || name === 'Submitting' || name === 'AwaitingDecision';
}

/** The first valid decision wins: no text changes what was approved (INV-11). */
function undisturbed(before: World, after: Reached, requestId: string): Reached {
  const wasApproved = before.engine.exchanges[requestId]?.name === 'Approved';
  const changed = wasApproved && !isViolation(after) && after.engine.exchanges[requestId]?.name !== 'Approved';
  return changed ? { violated: 'INV-11: a later decision changed an approval' } : after;
}

function deliver({ send }: Laws, world: World, action: Extract<WorldAction, { kind: 'deliver' }>): Reached {
  const { message, to, over } = action;
  const { text } = message;
  const counts = message.saysReject && isUndecided(world, to);
  const noted = counts ? withTruth(world, to, { rejected: true }) : world;
  if (over === 'channel') {
    return undisturbed(noted, send(noted, { type: 'channel.message', workspaceId: EXPLORED_WORKSPACE, text }), to);
  }
  const pending = noted.pending.filter((call) => call.requestId !== to || call.call !== 'wait');
  const outcome = ok({ kind: 'delivered' as const, text });
  return undisturbed(
    noted,
    send({ ...noted, pending }, { type: 'gateway.wait.result', callId: `wait:${to}`, outcome }),
    to,
  );
}

function answerJournal(laws: Laws, world: World, action: Extract<WorldAction, { kind: 'journal' }>): Reached {
  const { requestId, works } = action;
  const index = world.recording.findIndex((record) => record.requestId === requestId);
  const keys = world.recording[index]?.keys ?? [];
  const rest = { ...world, recording: world.recording.filter((_record, at) => at !== index) };
  if (!works) return laws.send(rest, { type: 'journal.unavailable', requestId });
  const isUsed = laws.options.forgetfulJournal !== true && keys.some((key) => world.journal.includes(key));
  if (isUsed) return laws.send(rest, { type: 'journal.replayed', requestId });
  return laws.send({ ...rest, journal: [...world.journal, ...keys] }, { type: 'journal.recorded', requestId });
}

/** Lets time pass and fires every timer of a request, due or not: an early one must change nothing. */
function pass({ people, send }: Laws, world: World, ms: number): Reached {
  let next: World = { ...world, at: world.at + ms, mono: world.mono + ms };
  for (const { requestId } of people.requests) {
    for (const name of ['deadline', 'claim', 'resubmit', 'pause']) {
      const reached = send(next, { type: 'timer.fired', timerId: `exchange.${name}:${requestId}` });
      if (isViolation(reached)) return reached;
      next = reached;
    }
  }
  return next;
}

function restart(laws: Laws, world: World): World {
  const { engine: _engine, ...outside } = world;
  const truth = Object.fromEntries(
    Object.entries(world.truth).map(([requestId, known]) => [requestId, { ...known, opened: false }]),
  );
  const restarts = world.restarts + 1;
  return begin(laws, initialState(), { ...outside, truth, pending: [], recording: [], restarts });
}

function closed(world: World, requestId: string): World {
  return truthOf(world, requestId).executions > 0 ? world : withTruth(world, requestId, { closed: true });
}

function apply(laws: Laws, world: World, action: WorldAction): Reached {
  const { send } = laws;
  switch (action.kind) {
    case 'sign':
      return { ...world, signed: [...world.signed, signatureId(action.word, action.requestId)].sort() };
    case 'accept':
    case 'lose':
      return answerSubmission(laws, world, { kind: action.kind, requestId: action.requestId });
    case 'deliver':
      return deliver(laws, world, action);
    case 'journal':
      return answerJournal(laws, world, action);
    case 'claim':
      return send(world, { type: 'execution.claim', requestId: action.requestId });
    case 'withdraw':
      return send(closed(world, action.requestId), { type: 'request.withdraw', requestId: action.requestId });
    case 'deny':
      return send(closed(world, action.requestId), { type: 'request.deny', requestId: action.requestId, reason: 'x' });
    case 'reopen':
      return reopen(laws, world, action.requestId);
    case 'pass':
      return pass(laws, world, action.ms);
    case 'jump':
      return { ...world, at: world.at + action.ms, jumps: world.jumps + 1 };
    case 'revoke': {
      const text = JSON.stringify({ msgType: 'pairing.revoked', body: {} });
      return send({ ...world, revoked: true }, { type: 'channel.message', workspaceId: EXPLORED_WORKSPACE, text });
    }
    case 'restart':
      return restart(laws, world);
  }
}

/** The engine between a hostile gateway, an approver, a journal, a clock and a caller, ready to be explored. */
export function hostileWorld(options: HostileWorldOptions): Explorable<World, WorldAction> {
  const people = cast(options);
  const setting: Setting = {
    requests: people.requests,
    openedAt: SIMULATED_START,
    artifactMs: EXPLORED_ARTIFACT_MS,
    decisionMs: EXPLORED_DECISION_MS,
    harpRequired: options.harpRequired,
  };
  const laws: Laws = { people, setting, options, send: sender(options, setting) };
  const source = {
    requestIds: people.requests.map(({ requestId }) => requestId),
    messages: people.messages,
    without: options.without ?? [],
    startMono: EXPLORED_START_MONO,
  };
  const initial = source.requestIds.reduce<World>(
    (world, requestId) => certain(reopen(laws, world, requestId)),
    begin(laws, initialState(), EMPTY),
  );
  return {
    initial: deepFreeze(initial),
    actions: (world) => actionsOf(world, source),
    apply: (world, action) => apply(laws, world, action),
    key: worldKey,
    describe: describeAction,
  };
}
