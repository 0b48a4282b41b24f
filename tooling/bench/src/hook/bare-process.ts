import { createServer } from 'node:http';

/** Reads a request and answers as the daemon does, without a thought; at the path that its first argument names. */
const headers = { 'airlock-permission': 'allow', 'airlock-exit': '0', 'content-length': 2 };
const server = createServer((asked, answer) => {
  asked.resume().on('end', () => answer.writeHead(200, headers).end('{}'));
});
server.listen(process.argv[2], () => process.send?.('listening'));
process.once('disconnect', () => process.exit());
