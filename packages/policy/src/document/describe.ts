import { parseTime, type PolicyDocument, type PolicyPattern, type PolicyTool } from '@airlock/protocol';
import { readPattern } from '../patterns/match.js';
import { requirementWords, shownText, shownTime } from './words.js';

/** A line for every member, so that a member added later cannot be left out. */
type Lines<Of> = { readonly [Member in keyof Of]-?: (value: Of) => readonly string[] };

/** One line that starts in our words and ends in a text of unknown origin, so that no text can look like another line. */
const row = (label: string, text: string): string => `${label}: ${shownText(text)}`;

const DOCUMENT: Lines<PolicyDocument> = {
  // Says which document it is, and permits nothing.
  version: () => [],
  approverKey: ({ approverKey: key }) =>
    key === undefined ? [] : [row('The approver with this key takes the place of the one who signs', key)],
  auto: ({ auto }) =>
    auto === undefined
      ? []
      : [`Auto mode on until ${ending(auto)}: nothing is asked but what touches the gate itself.`],
  failOpen: ({ failOpen }) =>
    failOpen === undefined
      ? []
      : [`Fail mode open until ${ending(failOpen)}: nothing is asked while gateway or daemon cannot be reached.`],
  patterns: ({ patterns = [] }) => patterns.flatMap(describePattern),
  tools: ({ tools = [] }) => tools.flatMap(describeTool),
  gatesOff: ({ gatesOff = [] }) => gatesOff.map((gate) => row('Nothing is asked that comes from this gate', gate)),
  unmanaged: ({ unmanaged = [] }) => unmanaged.map((path) => row('Nothing is asked in this folder', path)),
  requirements: ({ requirements = [] }) => requirements.map((one) => `Required: ${requirementWords(one)}.`),
};

const PATTERN: Lines<PolicyPattern> = {
  text: ({ text }) => [
    row('Approved without asking', text),
    ...(takesMore(text) ? ['  also with further words of the fixed list for it'] : []),
  ],
  cwd: ({ cwd }) => [row('  in the folder', cwd)],
  shell: ({ shell }) => [
    shell === undefined ? '  only where no shell reads it' : row('  read by this shell or none', shell),
  ],
  program: ({ program }) => [
    program === undefined ? '  a builtin of the shell' : row('  while this program is the same file', program.path),
  ],
  interpreters: ({ interpreters = [] }) =>
    interpreters.map(({ path }) => row('  while this interpreter is the same file', path)),
  configuration: ({ configuration: { length } }) => [
    length === 1
      ? '  while 1 piece of configuration stays the same'
      : `  while ${length} pieces of configuration stay the same`,
  ],
  environmentSha256: () => ['  while the variables that loaders and interpreters read stay the same'],
};

const TOOL: Lines<PolicyTool> = {
  tool: ({ tool }) => [row('Called without asking, the tool', tool)],
  server: ({ server }) => [row('  of the server that is named', server)],
  serverSha256: ({ serverSha256: hash }) => [
    row('  while its program, files and arguments, or its address, stay the same', hash),
  ],
  definitionSha256: ({ definitionSha256: hash }) => [
    row('  while description and schema of the tool stay the same', hash),
  ],
};

/**
 * Everything that a document permits, in words, one line each; the strictest one says that everything is asked (reads where that is required, LOC-045). The
 * lines of a pattern after its first are indented. Texts of unknown origin are rendered as on the card (INV-40).
 */
export function describePolicy(document: PolicyDocument): readonly string[] {
  const { requirements, ...permissions } = DOCUMENT;
  const permitted = Object.values(permissions).flatMap((lines) => lines(document));
  return [...(permitted.length === 0 ? [nothingPermitted(document)] : permitted), ...requirements(document)];
}

function nothingPermitted({ requirements = [] }: PolicyDocument): string {
  const isAll = requirements.includes('ask-reads');
  return isAll ? 'Everything is asked.' : 'Everything is asked but reading in the workspace.';
}

function describePattern(pattern: PolicyPattern): readonly string[] {
  return Object.values(PATTERN).flatMap((lines) => lines(pattern));
}

function describeTool(tool: PolicyTool): readonly string[] {
  return Object.values(TOOL).flatMap((lines) => lines(tool));
}

/** An invalid pattern is described like any other: the enforcer decides what it approves. */
function takesMore(text: string): boolean {
  const reading = readPattern(text);
  return reading.ok && reading.pattern.allowsExtra;
}

function ending({ until }: { readonly until: string }): string {
  return shownTime(parseTime(until));
}
