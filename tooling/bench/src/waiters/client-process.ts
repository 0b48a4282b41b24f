import { connect, type Socket } from 'node:net';
import { options, ready } from '../process.js';

/** Opens one connection per path, sends a GET and stays; a hundred at a time. */
const { url, pat, paths } = await options<{ url: string; pat: string; paths: string[] }>();
const { hostname, port } = new URL(url);
const sockets: Socket[] = [];

async function park(path: string): Promise<void> {
  const socket = connect(Number(port), hostname);
  sockets.push(socket);
  await new Promise((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  socket.on('data', (chunk) => {
    throw new Error(`a wait was answered: ${chunk.toString().slice(0, 200)}`);
  });
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nX-PAT: ${pat}\r\n\r\n`);
}

for (let i = 0; i < paths.length; i += 100) await Promise.all(paths.slice(i, i + 100).map(park));
ready(sockets.length);
