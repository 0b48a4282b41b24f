import type { Route } from '../http/route.js';
import type { IdentityServices } from '../identity/services.js';
import { appRoutes } from './identity-apps.js';
import { approverRegistrationRoutes } from './identity-approvers.js';
import { consentRoutes } from './identity-consents.js';
import { patRoutes } from './identity-pats.js';
import { signInRoutes } from './identity-sign-in.js';

/** Every route of users, devices, tokens, apps and consents. */
export function identityRoutes(services: IdentityServices): readonly Route[] {
  return [
    ...signInRoutes(services),
    ...consentRoutes(services),
    ...patRoutes(services),
    ...appRoutes(services),
    ...approverRegistrationRoutes(services),
  ];
}
