import { type JsonValue, LIMITS, MessageError, isRequestId, parseMessage } from '@airlock/protocol';
import type { z } from 'zod';
import { GatewayError } from '../errors.js';

/** Names of members that clients choose freely end the path: messages carry no request text (ERR-040). */
function safePath(path: string): string {
  const cut = path.replace(/((?:^|\.)(?:metadata|capabilities|harpDecision))\..*$/, '$1');
  return /^[A-Za-z0-9.]{0,200}$/.test(cut) ? cut : 'A member';
}

/** Parses a request by its schema. @throws GatewayError `invalid_request` naming the first wrong member */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, value: JsonValue): z.output<Schema> {
  try {
    return parseMessage(schema, value);
  } catch (error) {
    if (!(error instanceof MessageError)) throw error;
    const path = safePath(error.path);
    const subject = path === '' ? 'The message' : path;
    throw new GatewayError('invalid_request', `${subject} is missing or wrong`, { cause: error });
  }
}

/** A request id from a path (ID-020). */
export function pathRequestId(params: Readonly<Record<string, string>>): string {
  const id = params['requestId'];
  if (isRequestId(id)) return id;
  throw new GatewayError('invalid_request', 'requestId is wrong');
}

/** A path parameter that the route's pattern promises. */
export function pathParam(params: Readonly<Record<string, string>>, name: string): string {
  const value = params[name];
  if (value === undefined || value === '') throw new GatewayError('NotFound', 'No such object');
  return value;
}

/** A required query parameter. */
export function queryParam(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value === null || value === '') {
    throw new GatewayError('invalid_request', `${name} is missing`);
  }
  return value;
}

/** APPR-090: clamped to 1..200, 50 when absent or unreadable. */
export function pageLimit(query: URLSearchParams): number {
  const given = query.get('limit');
  if (given === null || !/^\d{1,9}$/.test(given)) return LIMITS.inboxPageDefault;
  return Math.min(Math.max(Number(given), 1), LIMITS.inboxPageMax);
}

/** Writes a position as an opaque cursor. */
export function cursorOf(position: number | undefined): string | null {
  return position === undefined ? null : Buffer.from(`p${position}`).toString('base64url');
}

/** Reads a cursor. @throws GatewayError `invalid_request` when it is not one of ours */
export function positionOf(query: URLSearchParams, initial: number): number {
  const cursor = query.get('cursor');
  if (cursor === null || cursor === '') return initial;
  const position = /^p(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  if (position === undefined) throw new GatewayError('invalid_request', 'cursor is wrong');
  return Number(position);
}
