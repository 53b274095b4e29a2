// Loads a handler as Lambda's runtime does, says how long that took, and answers the events that its parent sends.
// Plain JavaScript: to strip types takes longer than many a handler's start.
import { pathToFileURL } from "node:url";

const [file = "", name = "handler", timeoutMs] = process.argv.slice(2);
const { [name]: handler } = await import(pathToFileURL(file).href);
if (handler === undefined) throw new Error(`${file} exports no ${name}`);

process.on("message", async ({ id, event }) => {
  const deadline = performance.now() + Number(timeoutMs);
  try {
    const result = await handler(event, { getRemainingTimeInMillis: () => deadline - performance.now() });
    process.send?.({ id, result });
  } catch (error) {
    process.send?.({ id, error: String(error) });
  }
});
// Since the process began.
process.send?.({ startUpMs: performance.now() });
