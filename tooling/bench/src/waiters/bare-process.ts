import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ready } from '../process.js';

/** The floor: `node:http` that parks every request and does nothing else. */
const parked: ServerResponse[] = [];
const server = createServer((_request, response) => {
  parked.push(response);
});
server.requestTimeout = 0;
process.on('message', () => globalThis.gc?.());
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  ready({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
