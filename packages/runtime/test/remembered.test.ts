import { describe, expect, it } from 'vitest';
import { Remembered } from '../src/remembered.js';

describe('what was made of a text', () => {
  it('is made once, also when it is nothing, and again when others were asked for since', () => {
    const made: string[] = [];
    const remembered = new Remembered<string | null>(2);
    const ask = (text: string) =>
      remembered.of(text, () => {
        made.push(text);
        return text === 'none' ? null : text;
      });
    for (const text of ['a', 'none', 'a', 'none', 'b', 'none', 'a']) ask(text);
    expect(made).toEqual(['a', 'none', 'b', 'a']);
  });

  it.each([
    { length: 32 * 1024, times: 1 },
    { length: 32 * 1024 + 1, times: 2 },
  ])(
    'somebody asks for texts to fill the memory: of $length characters it is made $times times',
    ({ length, times }) => {
      const remembered = new Remembered<number>(2);
      let made = 0;
      for (const _ of [1, 2]) {
        remembered.of('x'.repeat(length), () => {
          made += 1;
          return made;
        });
      }
      expect(made).toBe(times);
    },
  );

  it('is not remembered when it could not be made', () => {
    const remembered = new Remembered<number>(2);
    const fails = () => {
      throw new Error('no');
    };
    expect(() => remembered.of('a', fails)).toThrow('no');
    expect(remembered.of('a', () => 1)).toBe(1);
  });
});
