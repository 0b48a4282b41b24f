import { hookMain } from '@airlock/adapter-claude-code';
import { programPlace } from './place.js';

const [event = '', mode] = process.argv.slice(2);
process.exitCode = await hookMain({ event, isClean: mode === '--clean', ...(await programPlace()) });
