import type { Identity, IdentityDeps } from '../identity-port.js';
import { identityRoutes } from '../routes/identity.js';
import { createIdentityAdmin, type IdentityAdmin } from './admin.js';
import { createAuthenticate } from './authenticate.js';
import { createConsentCheck } from './consent-check.js';
import { createDeviceService } from './device-service.js';
import { type IdentityKeys, loadIdentityKeys } from './keys.js';
import { DEVICE_PATH, IDP_PATH, identityMounts } from './provider/mount.js';
import { createProviderHost, type ProviderHost } from './provider/provider-host.js';
import { createGuessLimiters, type IdentityServices } from './services.js';
import { createTokenService } from './token-service.js';

/** Runs `make` at the first call and again only after it failed. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/**
 * Users, credentials, consent and the embedded identity provider. Keys and provider are made on first use, when the
 * public URL is known.
 */
export function createIdentity(deps: IdentityDeps): Identity<IdentityAdmin> {
  const { store, ports, events, log, config, publicUrl } = deps;
  const issuer = (): string => `${publicUrl()}${IDP_PATH}`;
  const keys: () => Promise<IdentityKeys> = once(() => loadIdentityKeys(store, ports));
  const tokens = createTokenService({ store, ports, keys, issuer });
  const devices = createDeviceService({
    store,
    ports,
    tokens,
    verificationUri: () => `${publicUrl()}${DEVICE_PATH}`,
  });
  const limiters = createGuessLimiters();
  const services: IdentityServices = { store, ports, events, tokens, devices, limiters };
  const provider: () => Promise<ProviderHost> = once(async () => {
    const approverOrigin = config.approverOrigin ?? publicUrl();
    return await createProviderHost({
      services,
      keys: await keys(),
      publicUrl: publicUrl(),
      approverOrigin,
      log,
    });
  });
  const trust = async () => {
    const { publicKey } = await keys();
    return { issuer: issuer(), key: async () => publicKey };
  };
  return {
    authenticate: createAuthenticate({ store, trust, log }),
    requireConsent: createConsentCheck(services),
    routes: identityRoutes(services),
    mounts: identityMounts({ services, config, log, publicUrl, provider, trust }),
    idpBaseUrl: issuer,
    admin: createIdentityAdmin({ store, ports }),
    sweep: async (now) => {
      limiters.logins.sweep(now);
      limiters.userCodes.sweep(now);
      await store.run('sweepIdentity', { now });
    },
  };
}
