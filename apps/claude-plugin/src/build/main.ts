import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { assemble } from './assemble.js';

const bundled = path.dirname(fileURLToPath(import.meta.url));
const app = path.resolve(bundled, '..', '..');
assemble({ app, dist: path.join(app, 'dist'), everyPlatform: process.argv.includes('--every-platform') });
rmSync(bundled, { recursive: true });
