import { hookMain } from '@airlock/adapter-claude-code';
import { programPlace } from './place.js';

const [event = '', mode] = process.argv.slice(2);
const seldom = async () => (await import('./hook-seldom.js')).seldom;
process.exitCode = await hookMain({ event, isClean: mode === '--clean', seldom, ...(await programPlace()) });
