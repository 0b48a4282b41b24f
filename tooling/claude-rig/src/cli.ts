import { CLAUDE_VERSIONS, installClaude } from './installed-claude.js';

/** `cli.ts VERSION …`: installs pinned versions; exit code 69 and one line for each that cannot be had. */
for (const wanted of process.argv.slice(2)) {
  const version = CLAUDE_VERSIONS.find((each) => each === wanted);
  if (version === undefined) throw new TypeError(`not a pinned version: ${wanted}`);
  try {
    console.log(`Claude Code ${version}: ${await installClaude(version)}`);
  } catch (error) {
    console.error(`Claude Code ${version} cannot be installed (${reasonOf(error)}); its suites are skipped.`);
    process.exitCode = 69;
  }
}

/** What npm said in so many words, else the first line of the error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said = 'stderr' in error ? String(error.stderr) : '';
  const [, words] = /^npm (?:error|ERR!) (?!code |errno |syscall |path )(.+)$/m.exec(said) ?? [];
  return words ?? error.message.split('\n')[0] ?? '';
}
