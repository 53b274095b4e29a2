#!/usr/bin/env node
import { main } from "./cli.ts";
import { processIo } from "./terminal/io.ts";

const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort()); // once: a second Ctrl-C ends the process at once

// A reader that goes away is dealt with where something is written; without a listener, it would end the process.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

process.exitCode = await main(process.argv.slice(2), processIo(interrupted.signal));
