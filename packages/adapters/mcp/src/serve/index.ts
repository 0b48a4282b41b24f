export { lineWriter } from '../jsonrpc/lines.js';
export { serveMcp, type ServeDaemon, type ServeOptions, type ServePorts } from './serve.js';
