import type { ConsentRefusal } from '../identity-port.js';
import { newId } from '../ids.js';
import type { EnforcerPrincipal } from '../principal.js';
import type { ConsentCheck } from './commands/consents.js';
import type { IdentityServices } from './services.js';

function refusal(check: ConsentCheck): ConsentRefusal | undefined {
  const { appName, appId, state } = check.consent;
  switch (state) {
    case 'Allowed':
      return undefined;
    case 'Pending':
      return check.created
        ? {
            error: 'app_consent_required',
            message: 'The user has not allowed this app yet. A request was sent.',
            appName,
            appId,
          }
        : {
            error: 'app_consent_pending',
            message: 'The user has not answered yet.',
            appName,
            appId,
          };
    case 'Denied':
    case 'Revoked':
      return {
        error: 'app_consent_denied',
        message: 'The user refused this app.',
        appName,
        appId,
      };
  }
}

/** The check of section 8: first-party always passes (CONS-020), the first refusal of an app asks the user (CONS-030). */
export function createConsentCheck(
  services: Pick<IdentityServices, 'store' | 'ports' | 'events'>,
): (principal: EnforcerPrincipal, now: number) => Promise<ConsentRefusal | undefined> {
  return async ({ userId, appId }, now) => {
    if (appId === undefined) return undefined;
    if ((await services.store.run('findConsentState', { userId, appId })) === 'Allowed') return undefined;
    const consentId = newId(services.ports, 'cns');
    const check = await services.store.run('checkConsent', { userId, appId, consentId, now });
    if (check.notify) {
      const { state: _state, decidedAt: _decidedAt, ...notice } = check.consent;
      services.events.consentRequested(userId, notice);
    }
    return refusal(check);
  };
}
