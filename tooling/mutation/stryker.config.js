import path from 'node:path';

const tools = path.resolve('.tools', 'mutation');

/** Run by tooling/scripts/mutation.mjs, from the root of the repository. */
export default {
  mutate: ['packages/policy/src/**/*.ts', '!packages/policy/src/index.ts'],
  // The copy that is changed: all other packages are reached through node_modules.
  ignorePatterns: ['/*', '!/packages', '/packages/*', '!/packages/policy', '!/packages/testkit', '!/tooling', 'dist'],
  // One of its own for every run: it is removed at the end.
  tempDirName: path.join(tools, `sandbox-${process.pid}`),
  plugins: [path.join(tools, 'node_modules', '@stryker-mutator', 'vitest-runner', 'dist', 'src', 'index.js')],
  testRunner: 'vitest',
  vitest: { configFile: 'tooling/mutation/vitest.config.js' },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 10_000,
  disableTypeChecks: false,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: 'reports/mutation.json' },
  allowConsoleColors: false,
};
