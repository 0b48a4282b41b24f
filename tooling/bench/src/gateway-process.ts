import { createGateway } from '@airlock/gateway';
import { options, ready } from './process.js';

/** Our gateway as built, with its writer thread, and limits that let a benchmark through. */
const { dataDir } = await options<{ dataDir: string }>();
const many = 1_000_000_000;
const gateway = await createGateway(
  {
    dataDir,
    port: 0,
    logLevel: 'silent',
    limits: { requestsPerMinute: many, anonymousPerMinute: many, waitsPerMinute: many },
  },
  { thread: 'worker' },
);
const { url } = await gateway.listen();
await gateway.admin.addUser('bench');
const enforcer = await gateway.admin.createPat({ user: 'bench', role: 'enforcer' });
const approver = await gateway.admin.createPat({ user: 'bench', role: 'approver' });
process.on('message', () => globalThis.gc?.());
ready({ url, enforcerPat: enforcer.pat, approverPat: approver.pat });
