import { app } from '../../tooling/tsup/app.js';

export default app({ main: 'src/main.ts', 'store/worker': '../../packages/gateway/src/store/worker.ts' });
