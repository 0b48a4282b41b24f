import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandMain } from '@airlock/adapter-claude-code';
import { programPlace } from './place.js';

const entry = fileURLToPath(import.meta.url);
process.exitCode = await commandMain({ args: process.argv.slice(2), entry, ...programPlace(dirname(entry)) });
