#!/usr/bin/env node
import { createProcessIo } from './io.ts';
import { runCli } from './program.ts';

// Not process.exit: what is in the pipe to stdout would be lost.
process.exitCode = await runCli(process.argv.slice(2), createProcessIo());
