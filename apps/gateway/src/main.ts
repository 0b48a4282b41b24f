import process from 'node:process';
import { createGateway, StartupError } from '@airlock/gateway';
import closeWithGrace from 'close-with-grace';
import { EnvironmentError, optionsFromEnvironment } from './environment.js';

const CLOSE_WITHIN_MS = 15_000;

async function start(): Promise<void> {
  const gateway = await createGateway(optionsFromEnvironment(process.env));
  closeWithGrace({ delay: CLOSE_WITHIN_MS }, async ({ err }) => {
    if (err !== undefined) process.stderr.write(`airlock-gateway: ${err.stack ?? err.message}\n`);
    await gateway.close();
  });
  const { url } = await gateway.listen();
  process.stdout.write(`${JSON.stringify({ event: 'ready', url, pid: process.pid })}\n`);
}

try {
  await start();
} catch (error) {
  if (!(error instanceof StartupError || error instanceof EnvironmentError)) throw error;
  process.stderr.write(`airlock-gateway: ${error.message}\n`);
  process.exit(1);
}
