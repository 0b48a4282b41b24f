import { CLAUDE_VERSIONS, installClaude } from './installed-claude.js';

/** `cli.ts VERSION …`: installs pinned versions; exit code 69 and one line for each that cannot be had. */
for (const wanted of process.argv.slice(2)) {
  const version = CLAUDE_VERSIONS.find((each) => each === wanted);
  if (version === undefined) throw new TypeError(`not a pinned version: ${wanted}`);
  try {
    console.log(`Claude Code ${version}: ${await installClaude(version)}`);
  } catch (error) {
    const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n');
    console.error(`Claude Code ${version} cannot be installed (${reason}); its suites are skipped.`);
    process.exitCode = 69;
  }
}
