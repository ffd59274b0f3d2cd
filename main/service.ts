#!/usr/bin/env node
import { runService } from './commands/run-service.ts';

process.exitCode = await runService(process.argv.slice(2));
// Handles of native libraries may outlive a stop that is complete; nothing is waited for here.
process.exit();
