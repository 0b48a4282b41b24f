import type { EnforcerEffect, EnforcerState } from '@airlock/enforcer';
import { signatureId } from './messages.js';
import { type Setting, truthOf, type World } from './world.js';

const SKEW_MS = 60_000;
const TERMINAL: ReadonlySet<string> = new Set(['Denied', 'Expired', 'Withdrawn', 'Failed', 'Executed']);

/** What must hold when an execution is granted; the name of what does not, or null. */
function grantViolation(world: World, setting: Setting, requestId: string): string | null {
  const truth = truthOf(world, requestId);
  if (!world.signed.includes(signatureId('approve', requestId))) return 'INV-1: executed without a signature over it';
  if (truth.executions > 0) return 'INV-8: executed twice on one approval';
  if (!truth.opened) return 'INV-12: executed after a restart without being asked again';
  if (truth.rejected) return 'INV-7: executed after a rejection';
  if (truth.closed) return 'INV-10: executed after it was withdrawn or denied';
  if (world.revoked) return 'INV-21: executed after the pairing was revoked';
  if (world.mono >= truth.openedMono + setting.artifactMs) return 'INV-20: executed after submit + ttl';
  if (world.at >= setting.openedAt + setting.artifactMs) return 'INV-21: executed after the expiry';
  const lateDecision = world.at >= setting.openedAt + setting.decisionMs + SKEW_MS;
  if (setting.harpRequired && lateDecision) return 'INV-21: executed after the decision expired';
  return null;
}

function revivedExchange(before: EnforcerState, after: EnforcerState): string | null {
  for (const [requestId, exchange] of Object.entries(before.exchanges)) {
    const next = after.exchanges[requestId];
    if (next !== undefined && TERMINAL.has(exchange.name) && next.name !== exchange.name) {
      return `INV-10: ${exchange.name} became ${next.name}`;
    }
  }
  return null;
}

function unrecordedAllow(world: World, effects: readonly EnforcerEffect[]): string | null {
  const allowed = effects.some(
    (effect) =>
      effect.type === 'notify.request' && effect.progress.kind === 'decided' && effect.progress.verdict === 'allow',
  );
  return allowed && world.journal.length === 0 ? 'ENF-100: allowed without a record' : null;
}

/** Checks one step of the engine in a world; the name of a broken property, or null. */
export function brokenProperty(
  world: World,
  setting: Setting,
  stepped: { readonly after: EnforcerState; readonly effects: readonly EnforcerEffect[] },
): string | null {
  for (const effect of stepped.effects) {
    if (effect.type !== 'execution.grant') continue;
    const violation = grantViolation(world, setting, effect.requestId);
    if (violation !== null) return violation;
  }
  return revivedExchange(world.engine, stepped.after) ?? unrecordedAllow(world, stepped.effects);
}
