import { hookMain } from '@airlock/adapter-claude-code';

process.exit(await hookMain({ event: process.argv[2] ?? '', fixedHome: null, daemonCommand: [] }));
