export { lineWriter } from '../jsonrpc/lines.js';
export { startStdioServer, type StdioServer } from '../upstream/stdio.js';
export type { LostCall, ServerEnd, Upstream } from '../upstream/upstream.js';
export type { ProxyDaemon, ProxyOptions, ProxyPorts } from './ports.js';
export { runProxy } from './proxy.js';
