import { rules } from '@airlock/conformance';
import { describe, expect, it } from 'vitest';
import type { Core } from '../../src/service/core.js';
import { RequestIds } from '../../src/service/request-ids.js';

const ID = 'req-00000000-0000-4000-8000-000000000001';

function ids({ open = [], recorded = [] }: { open?: readonly string[]; recorded?: readonly string[] }) {
  let next = 0;
  const exchanges = Object.fromEntries(open.map((id) => [id, {}]));
  return new RequestIds({
    host: { state: { exchanges } },
    ports: { uuid: () => `made-${(next += 1)}` },
    isRequestOnRecord: (id: string) => recorded.includes(id),
  } as unknown as Core);
}

const used = expect.objectContaining({ code: 'request_id_used' });

describe(rules('ENF-100')`an id that a caller proposes`, () => {
  it('names one request, also while that one is not on record yet', () => {
    const taken = ids({});
    expect(taken.take(ID)).toBe(ID);
    expect(() => taken.take(ID)).toThrow(used);
  });

  it('is not one that the daemon made', () => {
    const taken = ids({});
    const made = taken.take();
    expect(() => taken.take(made)).toThrow(used);
  });

  it.each([{ open: [ID] }, { recorded: [ID] }])('is not one of %o', (known) => {
    expect(() => ids(known).take(ID)).toThrow(used);
  });

  it('may be one that only the language knows', () => {
    expect(ids({}).take('constructor')).toBe('constructor');
  });
});
