import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruiseCheckout, shippedFiles } from './cruise.js';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

const { violations, modules, crossings } = await cruiseCheckout(root);
const seen = new Set(modules);
const blind = ['packages', 'apps'].flatMap((folder) => shippedFiles(root, folder)).filter((file) => !seen.has(file));
for (const { rule, from, to } of violations) console.error(`${rule}: ${from} -> ${to}`);
for (const file of blind) console.error(`${file} was not seen by the cruiser`);
if (crossings === 0) console.error('the cruiser followed no import between packages: it passes blind');
console.log(
  `boundaries: ${String(modules.length)} modules, ${String(crossings)} imports between packages, ${String(violations.length)} violations`,
);
process.exitCode = violations.length === 0 && blind.length === 0 && crossings > 0 ? 0 : 1;
