// Loads a handler as Lambda's runtime does, says how long that took, and answers the events that its parent sends.
// Plain JavaScript: to strip types takes longer than many a handler's start.
import { pathToFileURL } from "node:url";

const { handler } = await import(pathToFileURL(process.argv[2]).href);
process.on("message", async (event) => {
  const startedAt = performance.now();
  await handler(event, { getRemainingTimeInMillis: () => 60_000 });
  process.send({ ms: performance.now() - startedAt, residentBytes: process.memoryUsage.rss() });
});
process.send({ startUpMs: performance.now() }); // since the process began
