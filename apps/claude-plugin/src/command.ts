import { commandMain } from '@airlock/adapter-claude-code';
import { programPlace } from './place.js';

process.exitCode = await commandMain(await programPlace());
