export { NotSentError } from './node/connect-errors.js';
export { type NodeTransport, type NodeTransportOptions, nodeTransport } from './node/transport.js';
