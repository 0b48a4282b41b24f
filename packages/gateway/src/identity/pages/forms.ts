import type { LoginAttempt } from '../login.js';
import { type Markup, html } from './html.js';

/** Fields by which a user proves who they are: name and password, or a one-time code. */
export function loginFields(): Markup {
  return html`
<label>User name <input name="name" autocomplete="username" maxlength="128"></label>
<label>Password <input name="password" type="password" autocomplete="current-password" maxlength="256"></label>
<p>No password yet? Use a one-time code from <code>airlock gateway approver enroll --user NAME</code> instead.</p>
<label>One-time code <input name="code" autocomplete="one-time-code" maxlength="128"></label>
<label>New password to set with the code, if you want one (at least 12 characters)
<input name="new_password" type="password" autocomplete="new-password" maxlength="256"></label>`;
}

/** What was typed into {@link loginFields}. */
export function loginAttempt(form: URLSearchParams, address: string): LoginAttempt {
  const field = (name: string): string => form.get(name) ?? '';
  return {
    name: field('name'),
    password: field('password'),
    code: field('code'),
    newPassword: field('new_password'),
    address,
  };
}

/** The two answers to a request for access. */
export function decisionButtons(): Markup {
  return html`
<button name="decision" value="deny">Deny</button>
<button name="decision" value="allow">Allow</button>`;
}

/** The form that asks for a device code. */
export function userCodeForm(): Markup {
  return html`
<form method="get" action="/device">
<label>Code shown by the program that wants to sign in
<input name="user_code" inputmode="numeric" autocomplete="off" maxlength="16" required></label>
<button>Continue</button>
</form>`;
}
