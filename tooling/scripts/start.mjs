// `npm start [-- arguments of up]`: brings up gateway, identity and pairing from a fresh clone.
import path from 'node:path';
import { buildApplications, install, requireNode, root, run, say } from './workspace.mjs';

requireNode();
await install();
await buildApplications(['airlock']);
say('starting: airlock up');
process.exitCode = await run(process.execPath, [
  path.join(root, 'apps', 'airlock', 'dist', 'main.js'),
  'up',
  ...process.argv.slice(2),
]);
