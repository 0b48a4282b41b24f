/** Scripts that are written together in ordinary words. */
const SCRIPTS = [
  ['latin', /\p{Script=Latin}/u],
  ['greek', /\p{Script=Greek}/u],
  ['cyrillic', /\p{Script=Cyrillic}/u],
  ['east-asian', /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}]/u],
] as const;
const ASCII_DIGIT = /[0-9]/;
/** Letters and digits outside Latin that pass for an ASCII letter or digit in common typefaces. */
const LOOK_ALIKE = /[ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχϲϳАВЕЅІЈКМНОРСТУХҮаеорсухѕіјһԁԛԝԍӏӀүᴀ-ᴢՏՍօհոսցքᎠ-Ᏼ０-９Ａ-Ｚａ-ｚ𝐀-𝟿]/u;

/**
 * True for a run of letters and digits that could pass for another word: it mixes scripts, or all of its letters
 * are look-alikes of ASCII.
 */
export function isDeceptiveWord(word: string): boolean {
  const letters = Array.from(word).filter((character) => !ASCII_DIGIT.test(character));
  if (letters.every((letter) => letter <= '\u007f')) return false;
  const scripts = new Set(letters.map(scriptOf));
  return scripts.size > 1 || letters.every((letter) => LOOK_ALIKE.test(letter));
}

function scriptOf(letter: string): string {
  const known = SCRIPTS.find(([, pattern]) => pattern.test(letter));
  if (known !== undefined) return known[0];
  // Letters of one block belong together; two unlisted scripts never share 128 code points.
  return `block-${Math.floor((letter.codePointAt(0) ?? 0) / 128)}`;
}
