import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAuthenticate } from '../../src/identity/authenticate.js';
import { GatewayError } from '../../src/errors.js';
import type { StoreEngine } from '../../src/store/engine.js';
import { type Bench, bench, T, user } from './support.js';

let b: Bench;
let alice: Awaited<ReturnType<typeof user>>;
beforeEach(async () => {
  b = await bench();
  alice = await user(b, 'alice');
});
afterEach(() => b.close());

const MINUTE = 60_000;
const trust = () => Promise.reject(new TypeError('no bearer in these tests'));

/** The store with its writes recorded; `refuse` makes the notes fail. */
function watched(store: StoreEngine, refuse = false): { readonly engine: StoreEngine; readonly notes: unknown[] } {
  const notes: unknown[] = [];
  const engine: StoreEngine = {
    ...store,
    run: (name, args) => {
      if (name === 'noteCredentialUse') {
        notes.push(args);
        if (refuse) return Promise.reject(new GatewayError('unavailable', 'disk full'));
      }
      return store.run(name, args);
    },
  };
  return { engine, notes };
}

describe('the use of a token', () => {
  const headers = { get: (name: string) => (name === 'x-pat' ? alice.enforcer['X-PAT'] : undefined) };

  it('is noted once a minute, without holding up the request', async () => {
    const { engine, notes } = watched(b.store);
    const authenticate = createAuthenticate({ store: engine, trust, log: { warn: vi.fn() } });
    const at = [T, T, T + MINUTE - 1, T + MINUTE, T + 2 * MINUTE - 1, T + 2 * MINUTE];
    const noted: number[] = [];
    for (const now of at) {
      await authenticate(headers, now);
      noted.push(notes.length);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(noted).toEqual([1, 1, 1, 2, 2, 3]);
    expect(notes.at(-1)).toMatchObject({ now: T + 2 * MINUTE, tokenId: expect.stringMatching(/^pat-/) });
  });

  it('is lost with a remark in the log when it cannot be noted', async () => {
    const { engine, notes } = watched(b.store, true);
    const warn = vi.fn();
    const authenticate = createAuthenticate({ store: engine, trust, log: { warn } });
    expect(await authenticate(headers, T)).toMatchObject({ role: 'enforcer', userId: alice.userId });
    await vi.waitFor(() => expect(warn).toHaveBeenCalledOnce());
    expect(notes).toHaveLength(1);
  });

  it('never moves back', async () => {
    const { tokenId } = (await b.store.run('listPats', {}))[0] ?? { tokenId: '' };
    await b.store.run('noteCredentialUse', { tokenId, now: T + 5 });
    await b.store.run('noteCredentialUse', { tokenId, now: T });
    expect((await b.store.run('listPats', {}))[0]?.lastUsedAt).toBe(T + 5);
  });
});
