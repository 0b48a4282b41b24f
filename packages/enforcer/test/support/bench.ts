import type { EnforcerConfig, RequestProgress } from '@airlock/enforcer';
import {
  commandRequest,
  type CommandSpec,
  type DriverOptions,
  engineDriver,
  gatewayModel,
  scriptedApprover,
  seededRng,
  simulatedClock,
} from '@airlock/testkit';
import { x25519PublicKey } from '@airlock/crypto';
import { base64UrlEncode } from '@airlock/protocol';

export const WORKSPACE = '/srv/widgets';
export const ENFORCER_ID = 'enf-54244903-959e-4c53-ace7-6f6eda79de6e';
export const SECRET = '7Q4MXK2P9D3TV0WH';
export const GATEWAY_URL = 'https://gateway.example';

export interface BenchOptions extends Partial<Omit<DriverOptions, 'clock'>> {
  readonly config?: Partial<EnforcerConfig>;
  readonly capabilities?: readonly string[];
}

/** An engine on an honest gateway with a scripted approver, nothing signed in yet. */
export function bench(options: BenchOptions = {}) {
  const rng = seededRng(7);
  const clock = simulatedClock();
  const gateway = gatewayModel(rng);
  const approver = scriptedApprover(rng, options.capabilities);
  const driver = engineDriver({ clock, gateway: (effect, now) => gateway.answer(effect, now), ...options });
  let count = 0;

  function start() {
    driver.send({ type: 'engine.start', durable: driver.stored() });
  }

  function signIn() {
    driver.send({
      type: 'auth.signIn',
      gatewayUrl: GATEWAY_URL,
      method: { kind: 'pat', pat: 'airpat_model' },
    });
  }

  function startPairing(overrides: object = {}) {
    const privateKey = rng.bytes(32);
    count += 1;
    const pairingId = `pairing-${count}`;
    driver.send({
      type: 'pairing.start',
      pairingId,
      workspaceId: WORKSPACE,
      mode: { kind: 'initiate' },
      enforcerId: ENFORCER_ID,
      enforcerLabel: 'Airlock',
      workspaceName: 'widgets',
      deviceId: `dev-${count}`,
      x25519: { privateKey: base64UrlEncode(privateKey), publicKey: base64UrlEncode(x25519PublicKey(privateKey)) },
      secrets: [SECRET],
      unattended: false,
      hasRecoveryCode: false,
      ...overrides,
    });
    return pairingId;
  }

  /** The newest pairing session at the gateway. */
  function session() {
    const sessions = [...gateway.sessions.values()];
    const last = sessions.at(-1);
    if (last === undefined) throw new TypeError('no session');
    return last;
  }

  function completePairing(who = approver, secret: string | null = SECRET) {
    const view = session();
    const at = clock.now().at;
    gateway.complete(view.pairingNonce, who.pair(view, secret === null ? { at } : { at, secret }));
    driver.advance(2000);
  }

  function ready() {
    start();
    signIn();
    startPairing();
    completePairing();
  }

  function request(spec: Partial<CommandSpec> = {}) {
    count += 1;
    const open = commandRequest({
      rng,
      requestId: `req-${rng.uuid()}`,
      workspaceId: WORKSPACE,
      enforcerId: ENFORCER_ID,
      createdAt: clock.now().at,
      ...spec,
    });
    driver.send({ type: 'request.open', ...open });
    return open;
  }

  function decide(open: { requestId: string; artifactHash: string }, decision: 'approve' | 'reject', reason?: string) {
    const { requestId, artifactHash } = open;
    const at = clock.now().at;
    const text = approver.decide({
      requestId,
      artifactHash,
      decision,
      at,
      ...(reason === undefined ? {} : { reason }),
    });
    gateway.decide(requestId, text);
    driver.release(`wait:${requestId}`);
    return text;
  }

  function progress(requestId: string): readonly RequestProgress[] {
    return driver.of('notify.request').flatMap((effect) => (effect.requestId === requestId ? [effect.progress] : []));
  }

  function decided(requestId: string) {
    return progress(requestId).find((line) => line.kind === 'decided');
  }

  function audit(kind: string) {
    return driver.of('audit.append').filter(({ entry }) => entry.kind === kind);
  }

  function grants(requestId: string): number {
    return driver.of('execution.grant').filter((effect) => effect.requestId === requestId).length;
  }

  return {
    rng,
    clock,
    gateway,
    approver,
    driver,
    start,
    signIn,
    startPairing,
    session,
    completePairing,
    ready,
    request,
    decide,
    progress,
    decided,
    audit,
    grants,
    pairing: () => driver.state().pairings[WORKSPACE],
    exchange: (requestId: string) => driver.state().exchanges[requestId],
  };
}

export type Bench = ReturnType<typeof bench>;
