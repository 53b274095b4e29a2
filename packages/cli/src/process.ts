import { main } from "./cli.ts";
import { ENDINGS, type Ending } from "./terminal/ending.ts";
import { processIo } from "./terminal/io.ts";

/** Runs this process's command line, and sets its exit code. */
export async function runProcess(): Promise<void> {
  const ended = new AbortController();
  // A second signal ends the process immediately: what the first has told to end does not.
  const end = (ending: Ending) => (ended.signal.aborted ? process.exit(ending.exitCode) : ended.abort(ending));
  // As process 1 of a container, a process without listeners ignores them all.
  for (const [signal, ending] of Object.entries(ENDINGS)) process.on(signal, () => end(ending));

  // A reader that goes away is dealt with where something is written; without a listener, it would end the process.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

  process.exitCode = await main(process.argv.slice(2), processIo(ended.signal));
}
