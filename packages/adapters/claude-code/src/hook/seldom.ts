import { streamPipes } from '@airlock/runtime/client';
import type { SeldomNeeded } from './model.js';
import { refusal } from './refusal.js';
import { reportSession } from './report-session.js';
import { startDaemonFor } from './start-daemon.js';

export const seldom: SeldomNeeded = { refusal, streamPipes, startDaemonFor, reportSession };
