import type Provider from 'oidc-provider';
import { clientOf, knownScope } from '../clients.js';
import { logIn, loginProblem } from '../login.js';
import { decisionButtons, loginAttempt, loginFields } from '../pages/forms.js';
import { html, type Page, problem, renderPage } from '../pages/html.js';
import type { IdentityServices } from '../services.js';
import { type Exchange, isForeignForm, readForm, redirect, sendPage } from './exchange.js';
import type { loadProviderLibrary } from './load-provider.js';

const TITLE = 'Sign in';

/** An authorization that waits for its user. */
interface Waiting {
  readonly clientId: string;
  readonly redirectUri: URL;
  readonly scope: string;
}

export interface InteractionDeps {
  readonly services: IdentityServices;
  readonly provider: Provider;
  readonly errors: Awaited<ReturnType<typeof loadProviderLibrary>>['errors'];
  readonly publicUrl: string;
}

function expiredPage(): Page {
  return renderPage({
    title: TITLE,
    status: 400,
    main: html`<p>This sign-in has expired or was started in another browser. Start it again from the program.</p>`,
  });
}

function loginPage(waiting: Waiting, message?: string, status = 200): Page {
  return renderPage({
    title: TITLE,
    status,
    formTarget: waiting.redirectUri.origin,
    main: html`
${problem(message)}
<p>A program asks to act in your name. Allow it only if you started it yourself just now.</p>
<dl>
<dt>Program</dt><dd>${clientOf(waiting.clientId)?.label ?? 'Unknown'}</dd>
<dt>Answer goes to</dt><dd>${waiting.redirectUri.host}</dd>
</dl>
<form method="post">
${loginFields()}
${decisionButtons()}
</form>`,
  });
}

async function findWaiting(deps: InteractionDeps, exchange: Exchange): Promise<Waiting | undefined> {
  try {
    const { params } = await deps.provider.interactionDetails(exchange.request, exchange.response);
    const { client_id: clientId, redirect_uri: redirectUri, scope } = params;
    if (typeof clientId !== 'string' || typeof redirectUri !== 'string') return undefined;
    return {
      clientId,
      redirectUri: new URL(redirectUri),
      scope: knownScope(typeof scope === 'string' ? scope : undefined),
    };
  } catch (error) {
    if (error instanceof deps.errors.SessionNotFound) return undefined;
    throw error;
  }
}

async function grantTo(deps: InteractionDeps, waiting: Waiting, accountId: string): Promise<string> {
  const grant = new deps.provider.Grant({ accountId, clientId: waiting.clientId });
  grant.addOIDCScope(waiting.scope);
  grant.addResourceScope(deps.publicUrl, waiting.scope);
  return await grant.save();
}

async function answer(deps: InteractionDeps, exchange: Exchange, waiting: Waiting): Promise<void> {
  const { request, response, address, now } = exchange;
  const form = await readForm(request);
  if (form.get('decision') !== 'allow') {
    const refusal = { error: 'access_denied', error_description: 'the user refused' };
    redirect(exchange, await deps.provider.interactionResult(request, response, refusal));
    return;
  }
  const login = await logIn(deps.services, loginAttempt(form, address), now);
  if (login.kind !== 'ok') {
    const status = login.kind === 'too_many' ? 429 : 403;
    sendPage(exchange, loginPage(waiting, loginProblem(login), status));
    return;
  }
  const result = {
    login: { accountId: login.userId, remember: false },
    consent: { grantId: await grantTo(deps, waiting, login.userId) },
  };
  redirect(exchange, await deps.provider.interactionResult(request, response, result));
}

/** Login and consent of the authorization code grant, on one page and in one form. */
export async function interactionPage(deps: InteractionDeps, exchange: Exchange): Promise<void> {
  const waiting = await findWaiting(deps, exchange);
  if (waiting === undefined) sendPage(exchange, expiredPage());
  else if (exchange.request.method !== 'POST') sendPage(exchange, loginPage(waiting));
  else if (isForeignForm(exchange)) sendPage(exchange, loginPage(waiting, 'The form came from another site.', 403));
  else await answer(deps, exchange, waiting);
}
