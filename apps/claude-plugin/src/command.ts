import { fileURLToPath } from 'node:url';
import { commandMain } from '@airlock/adapter-claude-code';
import { programPlace } from './place.js';

const args = process.argv.slice(2);
process.exitCode = await commandMain({ args, entry: fileURLToPath(import.meta.url), ...(await programPlace()) });
