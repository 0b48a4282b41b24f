import { connectDaemon, RuntimeError, stopDaemon } from '@airlock/runtime/client';
import { type Cli, pathsOf, printJson } from '../../cli/context.js';
import { daemon } from '../../cli/daemon.js';
import { commandLine } from '../../cli/invocation.js';
