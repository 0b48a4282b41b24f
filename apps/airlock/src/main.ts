#!/usr/bin/env node
import { processContext } from './cli/process-context.js';
import { runProgram } from './cli/run-program.js';
import { splitAtSeparator } from './cli/separator.js';

const { before, after } = splitAtSeparator(process.argv.slice(2));
// Output is written synchronously, so nothing is lost; what still keeps the event loop alive is of no interest.
process.exit(await runProgram(processContext(after), before));
