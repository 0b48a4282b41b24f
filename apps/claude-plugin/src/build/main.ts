import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { assemble } from './assemble.js';
import { publishTree } from './publish.js';

const bundled = path.dirname(fileURLToPath(import.meta.url));
const app = path.resolve(bundled, '..', '..');
const dist = path.join(app, 'dist');
assemble({ app, dist, kind: 'development' });
const [option, out] = process.argv.slice(2);
if (option === '--publish' && out !== undefined) {
  process.stdout.write(`${publishTree({ app, lib: path.join(dist, 'airlock', 'lib'), out: path.resolve(out) })}\n`);
}
rmSync(bundled, { recursive: true });
