import { type Finding, isTestFile, type SourceFile } from './sources.js';

/** What a directive that silences a tool must look like: the rule by name, then the reason. */
const DIRECTIVES: readonly { readonly pattern: RegExp; readonly valid: RegExp; readonly say: string }[] = [
  {
    pattern: /(?:oxlint|eslint)-disable\b/,
    valid: /(?:oxlint|eslint)-disable(?:-next-line|-line)? [\w@/,\s-]*?[\w/] -- \S.{9,}/,
    say: 'names the rule and its reason: oxlint-disable-next-line <rule> -- <reason>',
  },
  {
    pattern: /biome-ignore\b/,
    valid: /biome-ignore \S+: \S.{9,}/,
    say: 'gives its reason: biome-ignore format: <reason>',
  },
  {
    pattern: /@ts-expect-error\b/,
    valid: /@ts-expect-error:? \S.{9,}/,
    say: 'gives its reason: @ts-expect-error <reason>',
  },
  { pattern: /@ts-(?:ignore|nocheck)\b/, valid: /(?!)/, say: 'is never allowed: use @ts-expect-error <reason>' },
  {
    pattern: /(?:v8|c8|istanbul) ignore\b/,
    valid: /ignore [\w ]+-- \S.{9,}/,
    say: 'gives its reason: v8 ignore next -- <reason>',
  },
];

const COMMENT = /(?:\/\/|\/\*|^\s*\*)/;
const RESIDUE = /\b(?:TODO|FIXME|XXX|HACK)\b/;
const VAGUE = /(?:^|[-.])(?:utils?|helpers?|common|misc|managers?)(?:[-.]|$)/;
const KEBAB = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9-]+)*$/;

/** Suppressions without a reason, left-overs, vague or odd file names and wildcard exports in one file. */
export function judgeHouse(source: SourceFile): readonly Finding[] {
  return [
    ...judgeName(source.file),
    ...source.text.split('\n').flatMap((line, index) => judgeLine(source.file, line, index + 1)),
  ];
}

function judgeName(file: string): readonly Finding[] {
  const name = file.slice(file.lastIndexOf('/') + 1);
  if (!KEBAB.test(name)) return [`${file} is not named in kebab-case`];
  const parts = file.split('/');
  const vague = parts.find((part) => VAGUE.test(part));
  return vague === undefined ? [] : [`${file} has a name that says nothing (${vague}): name the noun it owns`];
}

function judgeLine(file: string, line: string, number: number): readonly Finding[] {
  const at = `${file}:${String(number)}`;
  const comment = COMMENT.exec(line);
  if (comment === null) {
    return line.startsWith('export * from') && !isTestFile(file)
      ? [`${at} export * hides the public surface: list the names`]
      : [];
  }
  const text = line.slice(comment.index);
  const silenced = DIRECTIVES.filter(({ pattern, valid }) => pattern.test(text) && !valid.test(text));
  return [
    ...silenced.map(({ say }) => `${at} a suppression ${say}`),
    ...(RESIDUE.test(text) && !isTestFile(file) ? [`${at} left-over work: finish it or open an issue`] : []),
  ];
}
