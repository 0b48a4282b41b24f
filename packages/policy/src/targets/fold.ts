/** Characters that file systems drop when they compare names (HFS+), and that nobody sees. */
const IGNORED = /\p{Default_Ignorable_Code_Point}/gu;

/** What NTFS drops at the end of a name: dots, blanks, and the name of a stream. */
const WINDOWS_TAIL = /(?:[. ]+|:[^/]*)$/;

const ASCII_PLAIN = /^[!-9;-@[-~]*[!-\-/-9;-@[-~]$/;

/**
 * One name for all spellings that some file system takes for the same entry: case, Unicode composition, ignorable
 * characters, trailing dots, and the short name of `.git`.
 */
export function foldName(name: string): string {
  if (ASCII_PLAIN.test(name) && !name.includes('~')) return name;
  const folded = name.normalize('NFKD').replace(IGNORED, '').toUpperCase().toLowerCase();
  const plain = folded === '.' || folded === '..' ? folded : folded.replace(WINDOWS_TAIL, '');
  if (/^git~\d$/.test(plain)) return '.git';
  return /^claude~\d$/.test(plain) ? '.claude' : plain;
}

const SPECIAL = /[*?[]/;

/** Whether a name is written with wildcards. */
export function isGlob(name: string): boolean {
  return SPECIAL.test(name);
}

/** Pieces of a glob: a literal character, any one character, or any run of them. */
type GlobStep = { readonly kind: 'run' } | { readonly kind: 'one'; readonly is: string | null };

function stepsOf(glob: string): readonly GlobStep[] {
  const steps: GlobStep[] = [];
  for (const [part] of glob.matchAll(/\*+|\[[^\]]*\]|[\s\S]/g)) {
    if (part.startsWith('*')) steps.push({ kind: 'run' });
    else if (part === '?' || (part.startsWith('[') && part.length > 1)) steps.push({ kind: 'one', is: null });
    else steps.push({ kind: 'one', is: part });
  }
  return steps;
}

/** Greedy matching that goes back to the last run only: linear in both lengths multiplied, never exponential. */
function runs(steps: readonly GlobStep[], name: string): boolean {
  let step = 0;
  let at = 0;
  let lastRun = -1;
  let resume = 0;
  while (at < name.length) {
    const now = steps[step];
    if (now?.kind === 'run') {
      lastRun = step++;
      resume = at;
    } else if (now !== undefined && (now.is === null || now.is === name[at])) {
      step += 1;
      at += 1;
    } else if (lastRun >= 0) {
      step = lastRun + 1;
      at = ++resume;
    } else return false;
  }
  return steps.slice(step).every((rest) => rest.kind === 'run');
}

/**
 * Whether a folded name as it stands in an action can mean the folded `name`. A wildcard stands for anything but a
 * leading dot, as in shells; `[…]` stands for any one character.
 */
export function canName(written: string, name: string): boolean {
  if (!isGlob(written)) return written === name;
  if (name.startsWith('.') && !written.startsWith('.')) return false;
  return runs(stepsOf(written), name);
}
