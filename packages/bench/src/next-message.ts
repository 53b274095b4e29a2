import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** The next message of a child process. Rejects when it ends without one. */
export async function nextMessage(child: ChildProcess): Promise<unknown> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, "exit", { signal }).then(([code]) => {
    throw new Error(`a process of the bench ended with ${code} and no answer`);
  });
  try {
    const [message] = await Promise.race([once(child, "message", { signal }), ended]);
    return message;
  } finally {
    ended.catch(() => {}); // no caller listens any more
    answered.abort();
  }
}
