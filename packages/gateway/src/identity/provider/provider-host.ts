import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { IdentityKeys } from '../keys.js';
import { html, renderPage } from '../pages/html.js';
import type { IdentityServices } from '../services.js';
import { createProviderAdapter } from './adapter.js';
import { shapeAnswers } from './answers.js';
import { providerConfiguration } from './configuration.js';
import { registerGrants } from './grants.js';
import type { InteractionDeps } from './interaction-page.js';
import { loadProviderLibrary } from './load-provider.js';

/** The library's provider as this gateway uses it. */
export interface ProviderHost extends InteractionDeps {
  /** Handles a request whose path is relative to the issuer. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

export interface ProviderHostDeps {
  readonly services: IdentityServices;
  readonly keys: IdentityKeys;
  readonly publicUrl: string;
  readonly approverOrigin: string;
  readonly log: Logger;
}

/** Builds the provider with `<publicUrl>/idp` as its issuer. */
export async function createProviderHost(deps: ProviderHostDeps): Promise<ProviderHost> {
  const { services, publicUrl } = deps;
  const { Provider, errors, interactionPolicy } = await loadProviderLibrary();
  const adapter = createProviderAdapter({
    store: services.store,
    ports: services.ports,
    alreadyUsed: () => new errors.InvalidGrant('already used'),
  });
  const configuration = providerConfiguration({
    ...deps,
    adapter,
    policy: interactionPolicy,
    accountExists: async (userId) => (await services.store.run('findUser', { userId })) !== undefined,
    renderError: (ctx, out) => {
      const page = renderPage({
        title: 'Sign-in failed',
        main: html`<p>${out.error_description ?? out.error}</p>`,
      });
      ctx.set({ ...page.headers });
      ctx.body = page.body;
    },
  });
  const provider = new Provider(`${publicUrl}/idp`, configuration);
  // Not the proxy's word: the host sets the forwarded headers itself, from the public URL.
  provider.proxy = true;
  provider.on('server_error', (_ctx, error: Error) => {
    deps.log.error({ err: error }, 'identity provider failed');
  });
  // Otherwise the framework underneath prints to the console.
  provider.silent = true;
  shapeAnswers(provider, deps);
  registerGrants(provider, {
    errors,
    tokens: services.tokens,
    devices: services.devices,
    now: services.ports.now,
  });
  const callback = provider.callback();
  return {
    services,
    provider,
    errors,
    publicUrl,
    handle: async (request, response) => {
      await callback(request, response);
    },
  };
}
