import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkReport } from './reports.js';
import { PUBLIC_PACKAGES, SURFACES } from './surfaces.js';
import { checkTarball } from './tarballs.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

function main(command: string | undefined): number {
  const unbuilt = SURFACES.filter(({ folder, declarations }) => !existsSync(path.join(root, folder, declarations)));
  if (unbuilt.length > 0) {
    for (const { folder, declarations } of unbuilt)
      console.error(`${folder}/${declarations} is missing: type npm run build`);
    return 1;
  }
  if (command === 'tarballs') return tarballs();
  return reports(command === 'update');
}

function reports(update: boolean): number {
  const results = SURFACES.map((surface) => checkReport(root, surface, update));
  for (const { report, same, messages } of results) {
    for (const message of messages) console.error(`${report}: ${message}`);
    if (!same) console.error(`${report} differs from the code: type npm run api:update and review the difference`);
  }
  console.log(`api: ${String(results.length)} reports, ${String(results.filter(({ same }) => !same).length)} differ`);
  return results.every(({ same }) => same) ? 0 : 1;
}

function tarballs(): number {
  const problems = PUBLIC_PACKAGES.flatMap((folder) => checkTarball(root, folder));
  for (const problem of problems) console.error(problem);
  console.log(`tarballs: ${String(PUBLIC_PACKAGES.length)} packages, ${String(problems.length)} problems`);
  return problems.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv[2]);
