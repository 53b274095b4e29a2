#!/usr/bin/env node
import { main } from "./cli.ts";
import { ENDINGS, type Ending } from "./terminal/ending.ts";
import { processIo } from "./terminal/io.ts";

const ended = new AbortController();
for (const [signal, ending] of Object.entries(ENDINGS)) process.on(signal, () => end(ending));

/** A second signal ends the process immediately: what the first has told to end does not. */
function end(ending: Ending): void {
  if (ended.signal.aborted) process.exit(ending.exitCode);
  ended.abort(ending);
}

// A reader that goes away is dealt with where something is written; without a listener, it would end the process.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

process.exitCode = await main(process.argv.slice(2), processIo(ended.signal));
