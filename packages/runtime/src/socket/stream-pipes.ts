import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import type { Pipes } from './pipes.js';

function collected(socket: Socket, most: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    socket.on('data', (chunk: Uint8Array) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= most) return;
      socket.destroy();
      resolve(null);
    });
    socket.on('error', reject);
    for (const over of ['end', 'close']) socket.on(over, () => resolve(Buffer.concat(chunks)));
  });
}

/** By `node:net`, in every Node. */
export const streamPipes: Pipes = {
  readAll: (fd, most) => collected(new Socket({ fd, readable: true, writable: false }), most),
  connect: async (path) => {
    const socket = connect({ path });
    await once(socket, 'connect');
    return {
      ask: (request, most) => {
        socket.write(request);
        return collected(socket, most);
      },
    };
  },
};
