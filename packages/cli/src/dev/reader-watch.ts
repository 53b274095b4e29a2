import { spawn } from "node:child_process";
import { fstatSync } from "node:fs";
import type { Io } from "../terminal/io.ts";

/**
 * Notices that the reader of a pipe has gone while nothing is written to it, as in `rollcall dev --json | head -1`. A
 * writer is told when it writes, and Node asks the system no sooner; GNU tail does, so one is let loose on the same pipe.
 * It ends by SIGPIPE when the reader goes, and by itself when this process ends, however that ends. Where there is no such
 * tail, the next event is the first that tells.
 *
 * @returns what ends the watch
 */
export function watchReader({ stdout }: Pick<Io, "stdout">, onGone: () => void): () => void {
  const { fd } = stdout as { fd?: unknown };
  if (typeof fd !== "number" || !fstatSync(fd).isFIFO()) return () => {};
  const tail = spawn("tail", [`--pid=${process.pid}`, "-f", "/dev/null"], { stdio: ["ignore", fd, "ignore"] });
  tail.unref();
  tail.on("error", () => {}); // there is no tail at all
  tail.on("exit", (_, signal) => {
    if (signal === "SIGPIPE") onGone();
  });
  return () => void tail.kill();
}
