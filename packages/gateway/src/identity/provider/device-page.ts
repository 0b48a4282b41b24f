import { formatTime } from '@airlock/protocol';
import { GatewayError } from '../../errors.js';
import { addressGroup } from '../../http/connection.js';
import type { PendingDevice } from '../commands/devices.js';
import { logIn, loginProblem } from '../login.js';
import { decisionButtons, loginAttempt, loginFields, userCodeForm } from '../pages/forms.js';
import { html, type Page, problem, renderPage } from '../pages/html.js';
import type { IdentityServices } from '../services.js';
import { guessUserCode, typedUserCode } from '../user-codes.js';
import { type Exchange, isForeignForm, readForm, sendPage } from './exchange.js';

const TITLE = 'Sign in a program';

function codePage(message?: string, status = 200): Page {
  return renderPage({ title: TITLE, status, main: html`${problem(message)}${userCodeForm()}` });
}

function decisionPage(device: PendingDevice, message?: string, status = 200): Page {
  return renderPage({
    title: TITLE,
    status,
    main: html`
${problem(message)}
<p>A program asks to act in your name. Allow it only if you started it yourself just now and it shows this code.</p>
<dl>
<dt>Program</dt><dd>${device.clientLabel}</dd>
<dt>Code</dt><dd>${device.userCode}</dd>
<dt>Asked at</dt><dd>${formatTime(device.requestedAt)}</dd>
</dl>
<form method="post" action="/device">
<input type="hidden" name="user_code" value="${device.userCode}">
${loginFields()}
${decisionButtons()}
</form>`,
  });
}

/** Looks a code up as one guess of this address, before anybody has signed in. */
function look(services: IdentityServices, exchange: Exchange, typed: string): Promise<PendingDevice> {
  const { address, now } = exchange;
  return guessUserCode(services.limiters, { key: `address ${addressGroup(address)}`, now }, async () => {
    const userCode = typedUserCode(typed);
    const device = await services.store.run('findPendingDevice', { userCode, now });
    if (device === undefined) throw new GatewayError('NotFound', 'This code is unknown, used or expired.');
    return device;
  });
}

function codeProblem(error: unknown): Page {
  if (error instanceof GatewayError) {
    if (error.code === 'NotFound') return codePage(error.message, 404);
    if (error.code === 'rate_limited') return codePage(error.message, 429);
  }
  throw error;
}

async function show(services: IdentityServices, exchange: Exchange): Promise<Page> {
  const typed = exchange.url.searchParams.get('user_code') ?? '';
  if (typed === '') return codePage();
  try {
    return decisionPage(await look(services, exchange, typed));
  } catch (error) {
    return codeProblem(error);
  }
}

async function decide(services: IdentityServices, exchange: Exchange): Promise<Page> {
  const { address, now } = exchange;
  const form = await readForm(exchange.request);
  const decision = form.get('decision');
  if (decision !== 'allow' && decision !== 'deny') return codePage('Choose Allow or Deny.', 400);
  try {
    const device = await look(services, exchange, form.get('user_code') ?? '');
    const { userCode } = device;
    const login = await logIn(services, loginAttempt(form, address), now);
    if (login.kind !== 'ok') {
      return decisionPage(device, loginProblem(login), login.kind === 'too_many' ? 429 : 403);
    }
    const { userId } = login;
    await guessUserCode(services.limiters, { key: userId, now }, () =>
      services.store.run('decideDevice', { userCode, userId, decision, now }),
    );
    return renderPage({
      title: TITLE,
      main:
        decision === 'allow'
          ? html`<p>Done. The program is signed in as you; you can close this page.</p>`
          : html`<p>Refused. The program was told so; you can close this page.</p>`,
    });
  } catch (error) {
    return codeProblem(error);
  }
}

/**
 * The verification page (AUTH-200). No session is kept: every decision carries the login in the same form, so no cookie
 * can be ridden by another site.
 */
export async function devicePage(services: IdentityServices, exchange: Exchange): Promise<void> {
  if (exchange.request.method !== 'POST') {
    sendPage(exchange, await show(services, exchange));
  } else if (isForeignForm(exchange)) {
    sendPage(exchange, codePage('The form came from another site.', 403));
  } else {
    sendPage(exchange, await decide(services, exchange));
  }
}
