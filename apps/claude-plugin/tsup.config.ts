import { app } from '../../tooling/tsup/app.js';

export default app({ hook: 'src/hook.ts', command: 'src/command.ts', daemon: 'src/daemon.ts' });
