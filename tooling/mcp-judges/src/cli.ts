import { installJudge, JUDGES, type JudgeName } from './installed-judge.js';

/** `cli.ts`: installs every judge; exit code 69 and one line for each that cannot be had. */
for (const name of Object.keys(JUDGES) as JudgeName[]) {
  try {
    await installJudge(name);
    console.log(`${JUDGES[name].name}: installed`);
  } catch (error) {
    const [reason] = String(error instanceof Error && 'stderr' in error ? error.stderr : error).split('\n');
    console.error(`${JUDGES[name].name} cannot be installed (${reason}); its suites are skipped.`);
    process.exitCode = 69;
  }
}
