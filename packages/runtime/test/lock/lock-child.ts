// Takes the lock and keeps it until it is killed, or nobody is left to do so.
import { writeSync } from 'node:fs';
import { openLock } from '../../src/lock/lock.js';

const lock = openLock(process.argv[2] ?? '');
lock.acquire();
writeSync(1, 'held\n');
process.once('disconnect', () => lock.close());
