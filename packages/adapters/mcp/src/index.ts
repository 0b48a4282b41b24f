export { mcpCheck } from './check/gateway-check.js';
export { lineWriter } from './jsonrpc/lines.js';
export type { ProxyDaemon, ProxyOptions, ProxyPorts } from './proxy/ports.js';
export { runProxy } from './proxy/proxy.js';
export { unwrapConfig, wrapConfig, type WrappedServer, type WrapOptions } from './registration/wrap.js';
export { serveMcp, type ServeDaemon, type ServeOptions, type ServePorts } from './serve/serve.js';
export { connectHttpServer, type HttpServer } from './upstream/http.js';
export { startStdioServer, type StdioServer } from './upstream/stdio.js';
export type { LostCall, ServerEnd, Upstream } from './upstream/upstream.js';
