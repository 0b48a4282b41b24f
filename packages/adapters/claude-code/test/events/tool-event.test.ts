import { rules } from '@airlock/conformance';
import { rfc8785 } from '@airlock/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEvent } from '../../src/events/read-event.js';
import { toolEvent } from '../../src/events/tool-event.js';
import { bytesOf, ScriptedDesk, send, toolEventOf } from '../support/desk.js';

const json = fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 4 });
const object = fc.dictionary(fc.string({ unit: 'grapheme' }), json, { noNullPrototype: true });

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, shuffled(member)]),
  );
}

describe(rules('ART-140', 'INV-13', 'INV-19')`inputJson`, () => {
  test('RFC 8785 of what the host sent, whatever the order and spacing of the bytes', () => {
    fc.assert(
      fc.property(object, (input) => {
        const plain = toolEvent(readEvent(bytesOf(toolEventOf('T', input)))).inputJson;
        const spaced = JSON.stringify(shuffled(toolEventOf('T', input)), null, 2);
        expect(toolEvent(readEvent(bytesOf(spaced))).inputJson).toBe(plain);
        expect(rfc8785(JSON.parse(plain))).toBe(plain);
        expect(JSON.parse(plain)).toEqual(JSON.parse(JSON.stringify(input)));
      }),
    );
  });

  test('no member gets lost: what is not known is named, everything is bound', async () => {
    await fc.assert(
      fc.asyncProperty(
        object,
        fc.constantFrom('Skill', 'Read', 'WebFetch', 'TodoWrite', 'Unheard'),
        async (input, tool) => {
          const desk = new ScriptedDesk();
          await send(desk, toolEventOf(tool, input));
          const described = desk.described[0];
          expect(JSON.parse(String(described?.action['inputJson']))).toEqual(JSON.parse(JSON.stringify(input)));
          const known = {
            Skill: ['skill', 'args'],
            Read: ['file_path', 'offset', 'limit', 'pages', 'allow_large'],
            WebFetch: ['url', 'prompt', 'offset'],
            TodoWrite: ['todos'],
          };
          const unknown =
            tool in known
              ? Object.keys(input).filter((name) => !known[tool as keyof typeof known].includes(name))
              : ['tool'];
          expect(new Set(described?.facts?.unknownInput)).toEqual(new Set(unknown));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('members of the event that nobody relies on are tolerated', () => {
    const event = readEvent(
      bytesOf(toolEventOf('T', { a: 1 }, { effort: { level: 'medium' }, later: [1.5], __proto__: 1 })),
    );
    expect(toolEvent(event)).toMatchObject({ tool: 'T', inputJson: '{"a":1}', server: null });
  });
});
