import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { areaOf } from './areas.js';
import { judge, update } from './gate.js';
import { manifestPath, readCheckout } from './repository.js';
import { repeatedIds } from './rule-ids.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

function main(command: string | undefined): number {
  const checkout = readCheckout(root);
  if (command === 'update') return writeManifest(checkout);
  const problems = [
    ...repeatedIds(checkout.documented).map((id) => `${id} stands in front of two rules`),
    ...checkout.problems,
    ...judge(checkout),
  ];
  for (const problem of problems) console.error(problem);
  const tested = Object.values(checkout.manifest).filter((status) => status === 'tested').length;
  console.log(
    `conformance: ${String(checkout.documented.length)} rules, ${String(tested)} tested, ${String(checkout.testFiles)} test files, ${String(problems.length)} problems`,
  );
  return problems.length === 0 ? 0 : 1;
}

function writeManifest(checkout: ReturnType<typeof readCheckout>): number {
  const { manifest, changes } = update(checkout, areaOf);
  for (const change of changes) console.log(change);
  if (changes.length > 0) writeFileSync(manifestPath(root), `${JSON.stringify(manifest, null, 2)}\n`);
  console.log(changes.length === 0 ? 'nothing to change' : `${String(changes.length)} changed`);
  const left = [...checkout.problems, ...judge({ ...checkout, manifest })];
  for (const problem of left) console.error(problem);
  return left.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv[2]);
