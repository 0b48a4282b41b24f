import type { OpenedRequest, RequestGroup } from '@airlock/approver';
import { rules } from '@airlock/conformance';
import { describe, expect, test } from 'vitest';
import { decidedLines } from '../../src/commands/approver/decide.js';
import { glance, type Shown } from '../../src/commands/approver/watch.js';

const request = (requestId: string) => ({ request: { requestId } }) as unknown as OpenedRequest;
const card = (id: string, ...ids: string[]): RequestGroup => ({ id, requests: ids.map(request), count: ids.length });

describe(rules('APPR-185')`what the terminal says about a decided card`, () => {
  const refused = { code: 'AlreadyDecidedConflict', message: 'decided' };
  test.each<[string, Parameters<typeof decidedLines>[1], readonly string[]]>([
    ['one', { requests: [{ requestId: 'a', accepted: true }], joined: [] }, ['airlock: approved a']],
    [
      'two',
      {
        requests: [
          { requestId: 'a', accepted: true },
          { requestId: 'b', accepted: true },
        ],
        joined: [],
      },
      ['airlock: approved 2 of 2 requests on this card'],
    ],
    [
      'a part',
      {
        requests: [
          { requestId: 'a', accepted: true },
          { requestId: 'b', accepted: false, refusal: refused },
        ],
        joined: [],
      },
      [
        'airlock: approved 1 of 2 requests on this card',
        'airlock: AlreadyDecidedConflict no decision was taken on b: decided',
      ],
    ],
    [
      'one that nobody knows of',
      { requests: [{ requestId: 'a', accepted: false, refusal: { ...refused, isOpen: true } }], joined: [] },
      ['airlock: AlreadyDecidedConflict it is not known whether a decision was taken on a: decided'],
    ],
    [
      'later ones',
      { requests: [{ requestId: 'a', accepted: true }], joined: [request('c'), request('d')] },
      ['airlock: approved a', 'airlock: 2 more came after this card was counted and still wait for you: c d'],
    ],
  ])('%s', (_, decided, lines) => {
    expect(decidedLines('approve', decided)).toEqual(lines);
  });
});

describe(rules('APPR-185')`watching`, () => {
  const nothing: Shown = new Map();
  const two = glance(nothing, [card('x', 'a', 'b')]);

  test('shows a card once', () => {
    expect(two.grown).toMatchObject([{ isNew: true, fresh: ['a', 'b'] }]);
    expect(glance(two.shown, [card('x', 'a', 'b')])).toMatchObject({ grown: [], gone: [] });
  });

  test('says when it grows, and what is gone', () => {
    const grown = glance(two.shown, [card('x', 'a', 'b', 'c')]);
    expect(grown).toMatchObject({ grown: [{ isNew: false, fresh: ['c'], card: { count: 3 } }], gone: [] });
    expect(glance(grown.shown, [card('x', 'c')])).toMatchObject({ grown: [], gone: ['a', 'b'] });
  });

  test('shows a card again that came back', () => {
    const empty = glance(two.shown, []);
    expect(empty.gone).toEqual(['a', 'b']);
    expect(glance(empty.shown, [card('x', 'd')]).grown).toMatchObject([{ isNew: true }]);
  });
});
