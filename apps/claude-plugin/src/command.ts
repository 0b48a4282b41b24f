import { commandMain } from '@airlock/adapter-claude-code';

process.exit(await commandMain({ fixedHome: null, daemonCommand: [] }));
