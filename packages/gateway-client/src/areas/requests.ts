import {
  type ApprovalRequest,
  type DecisionSubmit,
  decisionAcceptedSchema,
  historyPageSchema,
  inboxPageSchema,
  LIMITS,
} from '@airlock/protocol';
import type { CallOptions } from '../call-options.js';
import { GatewayError } from '../errors.js';
import type { Caller } from '../http/caller.js';
import { bodyOf, path } from '../http/request.js';
import { DELETE, GET, RESEND } from './methods.js';
import type { Plain } from './plain.js';

/** One page of a list (APPR-090). */
export interface PageQuery {
  readonly cursor?: string;
  /** 1 to 200. */
  readonly limit?: number;
}

/** Which part of the history. */
export interface HistoryQuery extends PageQuery {
  readonly state?: string;
  readonly enforcerId?: string;
}

/** Requests as the approver sees them: inbox, decisions, history (section 15.1). */
export type RequestArea = ReturnType<typeof requestArea>;

/** Bytes of one page: a request alone has up to 3 MiB. */
const MAX_PAGE_BYTES = 32 * 1024 * 1024;

export function requestArea(caller: Caller) {
  const page = (route_: string | undefined, query: PageQuery, options?: CallOptions) =>
    caller.call(
      { ...GET, path: route_, query: pageQuery(query), read: bodyOf(inboxPageSchema), maxBytes: MAX_PAGE_BYTES },
      options,
    );
  const inbox = (approverId: string, query: PageQuery = {}, options?: CallOptions) =>
    page(path`/v1/approvers/${approverId}/inbox`, query, options);
  return {
    /** `GET /v1/approvers/{approverId}/inbox` (A): one page, oldest first. */
    inbox,
    /** Every pending request, page by page; a page that is too large is asked for again in smaller ones. */
    allPending: (approverId: string, options?: CallOptions): AsyncGenerator<ApprovalRequest, void> =>
      allItems((query) => inbox(approverId, query, options)),
    /** `GET /v1/approvers/{approverId}/inbox/expired` (A). */
    expired: (approverId: string, query: PageQuery = {}, options?: CallOptions) =>
      page(path`/v1/approvers/${approverId}/inbox/expired`, query, options),
    /** `DELETE /v1/approvers/{approverId}/inbox/{requestId}` (A): hides the item, decides nothing (APPR-080). */
    dismiss: (approverId: string, requestId: string, options?: CallOptions) =>
      caller.call({ ...DELETE, path: path`/v1/approvers/${approverId}/inbox/${requestId}` }, options),
    /** `POST /v1/decisions` (A). The same envelope may be sent again (APPR-060). */
    decide: (envelope: Plain<DecisionSubmit>, options?: CallOptions) =>
      caller.call({ ...RESEND, path: '/v1/decisions', body: envelope, read: bodyOf(decisionAcceptedSchema) }, options),
    /** `GET /v1/history` (A). */
    history: (query: HistoryQuery = {}, options?: CallOptions) =>
      caller.call(
        {
          ...GET,
          path: '/v1/history',
          query: { ...pageQuery(query), state: query.state, enforcerId: query.enforcerId },
          read: bodyOf(historyPageSchema),
          maxBytes: MAX_PAGE_BYTES,
        },
        options,
      ),
  };
}

function pageQuery({ cursor, limit }: PageQuery): Readonly<Record<string, string | undefined>> {
  return { cursor, limit: limit === undefined ? undefined : String(limit) };
}

interface Page<Item> {
  readonly body: { readonly items: readonly Item[]; readonly nextCursor: string | null };
}

async function* allItems<Item>(fetchPage: (query: PageQuery) => Promise<Page<Item>>): AsyncGenerator<Item, void> {
  let limit: number = LIMITS.inboxPageDefault;
  let cursor: string | null = null;
  do {
    const query: PageQuery = cursor === null ? { limit } : { cursor, limit };
    try {
      const { body }: Page<Item> = await fetchPage(query);
      yield* body.items;
      cursor = body.nextCursor;
      if (cursor === null) return;
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'response_too_large' || limit === 1) throw error;
      limit = Math.floor(limit / 2);
    }
  } while (limit > 0);
}
