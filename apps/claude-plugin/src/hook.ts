import { hookMain } from '@airlock/adapter-claude-code';
import { programPlace } from './place.js';

process.exitCode = await hookMain({ event: process.argv[2] ?? '', ...(await programPlace()) });
