import { rules } from '@airlock/conformance';
import { decodeCiphertext, dndPolicySchema, MESSAGE_TYPES, parseJson, pushMessageSchema } from '@airlock/protocol';
import { describe, expect, test } from 'vitest';
import { cases, loadVectors } from '../vectors.js';
import { MESSAGES, ROUTES } from './routes.js';

const v = loadVectors('gateway-messages');

/** Members that are null may be dropped on the way in (GW-080); all others must come back as they were. */
function withoutNulls(value: any): any {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (one === null ? [] : [[key, withoutNulls(one)]])),
  );
}

/** Members that are always present and may be null (GW-100). */
const NULLABLE = ['responseJson', 'routingToken', 'nextCursor'];

describe('every route of the contract', () => {
  test('has an example, and every example a route', () => {
    expect(new Set(v.endpoints.map((e: any) => e.route))).toEqual(new Set(Object.keys(ROUTES)));
    expect(v.endpoints).toHaveLength(91);
  });

  test.each(cases(v.endpoints))('%s', (_id, e) => {
    const route = ROUTES[e.route]!;
    const body = e.request.rawBody === undefined ? e.request.body : parseJson(e.request.rawBody);
    expect(route.request === undefined).toBe(isBodiless(e.request.method) || e.request.form !== undefined);
    if (route.request !== undefined) {
      expect(JSON.parse(JSON.stringify(route.request.parse(body)))).toEqual(withoutNulls(body ?? {}));
    }
    const schema = route.responses[e.response.status];
    expect(schema).toBeDefined();
    if (e.response.body === undefined) return;
    expect(JSON.parse(JSON.stringify(schema!.parse(e.response.body)))).toEqual(e.response.body);
  });

  test('what is null on the wire is one of three members', () => {
    for (const e of v.endpoints) {
      for (const [key, value] of Object.entries({ ...e.response.body, ...e.response.body?.body })) {
        if (value === null) expect(NULLABLE).toContain(key);
      }
    }
  });
});

describe(rules('GW-260')`every message`, () => {
  const messages = v.messages.filter((m: any) => m.value.msgType !== undefined);

  test('the types are these and no others', () => {
    expect(MESSAGE_TYPES).toEqual(
      (
        'artifact.submit artifact.accepted approval.request decision.submit decision.accepted decision.deliver ' +
        'ack.submit ack.accepted exchange.status exchange.withdrawn exchange.expired exchange.cancelled inbox.page ' +
        'history.page refresh.request dnd.policy.effective dnd.policy.list dnd.policy.accepted consent.request ' +
        'pairing.claimed pairing.revoked error hello ping pong'
      ).split(' '),
    );
    expect(new Set(messages.map((m: any) => m.value.msgType))).toEqual(new Set(Object.keys(MESSAGES)));
    expect(new Set(Object.keys(MESSAGES))).toEqual(new Set(MESSAGE_TYPES));
  });

  test.each(cases(messages))('%s comes back as it was', (_id, m) => {
    expect(JSON.parse(JSON.stringify(MESSAGES[m.value.msgType]!.parse(m.value)))).toEqual(m.value);
  });

  test.each(cases(messages))('%s is taken for no other type', (_id, m) => {
    for (const [type, schema] of Object.entries(MESSAGES)) {
      if (type !== m.value.msgType) expect(schema.safeParse(m.value).success).toBe(false);
    }
  });

  test.each(cases(v.sse))('event stream %s', (_id, c) => {
    const lines: string[] = c.text.split('\n');
    const data = lines.find((line) => line.startsWith('data: '))?.slice('data: '.length) ?? '{}';
    const value: any = parseJson(data);
    if (value.msgType === undefined) return;
    expect(lines[0]).toBe(`event: ${value.msgType}`);
    expect(JSON.parse(JSON.stringify(MESSAGES[value.msgType]!.parse(value)))).toEqual(value);
  });

  test('a push message has nothing but its kind', () => {
    const push = v.messages.find((m: any) => m.id === 'push').value;
    expect(pushMessageSchema.parse(push)).toEqual(push);
    expect(pushMessageSchema.safeParse({ ...push, requestId: 'req-1' }).success).toBe(false);
  });

  test('every listed policy has members of the table only', () => {
    const listed = v.messages.filter((m: any) => Array.isArray(m.value.body)).flatMap((m: any) => m.value.body);
    expect(listed.length).toBeGreaterThan(0);
    for (const policy of listed) expect(dndPolicySchema.parse(policy)).toEqual(policy);
  });

  test('every ciphertext decodes', () => {
    for (const e of v.endpoints.filter((one: any) => one.route === 'POST /v1/artifacts')) {
      const { aad, ...ciphertext } = e.request.body.body.ciphertext;
      const decoded = decodeCiphertext(aad === null || aad === undefined ? ciphertext : { ...ciphertext, aad });
      expect([decoded.alg, decoded.nonce.length, decoded.tag.length]).toEqual(['AES-256-GCM', 12, 16]);
    }
  });
});

function isBodiless(method: string): boolean {
  return method !== 'POST' && method !== 'PATCH';
}
