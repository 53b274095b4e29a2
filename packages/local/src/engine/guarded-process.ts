import { type ChildProcess, spawn } from "node:child_process";
import { MAX_OUTPUT_CHARACTERS, STOP_GRACE_MS } from "./constants.ts";
import type { EngineExit } from "./engine.ts";
import type { Command } from "./engine-kind.ts";
import { engineEnvironment } from "./environment.ts";

/**
 * The shell starts a guard and then becomes the program. The guard waits for the end of its standard input, a pipe only
 * we hold the other end of: the kernel closes it when we end, also by SIGKILL. Then the guard kills the process
 * group, itself with it; while it lives, the group's number cannot be given to another one. A death signal
 * (`PR_SET_PDEATHSIG`) would not do: macOS has none, and on Linux it is sent when the *thread* ends that forked. What an
 * engine writes to a disk is for its own user alone.
 */
const GUARD_THEN_EXEC =
  'umask 077; exec 3<&0; (read -r _ <&3; kill -s KILL -- -$$) >/dev/null 2>&1 & exec "$@" 3<&- </dev/null';

/** A program that ends with us, however we end. It runs until it ends by itself or {@link GuardedProcess.stop}. */
export class GuardedProcess {
  readonly exited: Promise<EngineExit>;
  readonly #child: ChildProcess;
  readonly #outputListeners = new Set<() => void>();
  #output = "";

  constructor({ file, args }: Command) {
    // detached: a session and process group of its own, so that Ctrl-C in a terminal reaches us alone and we end in order
    this.#child = spawn("/bin/sh", ["-c", GUARD_THEN_EXEC, "sh", file, ...args], {
      detached: true,
      stdio: "pipe",
      env: engineEnvironment(process.env),
    });
    this.exited = new Promise((resolve) => {
      this.#child.once("error", (error) => this.#append(`${error.message}\n`)); // the shell could not be started
      this.#child.once("close", (code, signal) => resolve({ code, signal, output: this.#output }));
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => this.#append(text));
    }
  }

  /** The process id; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** The last it wrote to its standard output and error. */
  get output(): string {
    return this.#output;
  }

  /** Resolves when it has written something that matches; never, when it does not. */
  wrote(pattern: RegExp): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!pattern.test(this.#output)) return;
        this.#outputListeners.delete(look);
        resolve();
      };
      this.#outputListeners.add(look);
      look();
    });
  }

  /** SIGTERM, and SIGKILL when that has not ended it within the grace; resolves when it has ended. */
  async stop(graceMs = STOP_GRACE_MS): Promise<void> {
    this.#child.kill("SIGTERM");
    const killer = setTimeout(() => this.#child.kill("SIGKILL"), graceMs);
    await this.exited;
    clearTimeout(killer);
  }

  #append(text: string): void {
    this.#output = (this.#output + text).slice(-MAX_OUTPUT_CHARACTERS);
    for (const listener of this.#outputListeners) listener();
  }
}
