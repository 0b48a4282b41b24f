import { library } from '../../../tooling/tsup/library.js';

// Programs that are started for every client or stay in memory load no more of it than they use.
export default library(['src/index.ts', 'src/check/gateway-check.ts', 'src/proxy/index.ts', 'src/serve/index.ts']);
