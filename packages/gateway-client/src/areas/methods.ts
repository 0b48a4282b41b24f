import { nothing } from '../http/request.js';

// What most routes of a kind share; a route that differs says so itself.
export const GET = { method: 'GET', status: 200, repeatable: true, authenticated: true } as const;
export const POST = { method: 'POST', status: 200, repeatable: false, authenticated: true } as const;
/** A `POST` that makes something. */
export const CREATE = { ...POST, status: 201 } as const;
/** A `POST` that does the same when it is sent twice. */
export const RESEND = { ...POST, repeatable: true } as const;
export const DELETE = { method: 'DELETE', status: 204, read: nothing, repeatable: true, authenticated: true } as const;
