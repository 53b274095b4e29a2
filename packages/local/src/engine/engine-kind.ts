import type { EngineName } from "./engine.ts";

/** An engine that cannot run on this machine. */
export interface MissingEngine {
  /** Which engine. */
  engine: EngineName;
  available: false;
  /** What is missing, such as `no Java 17 or later found`. */
  reason: string;
  /** What to do about it, such as `install it with: apt-get install openjdk-17-jre-headless`. */
  remedy: string;
}

/** What differs from one start of an engine to the next. */
export interface EngineSettings {
  port: number;
  /** A directory that exists; without one, everything is kept in memory. */
  dbPath: string | undefined;
  heapMb: number;
}

/** A program and its arguments. */
export interface Command {
  file: string;
  args: readonly string[];
}

/** An engine that can run on this machine. */
export interface InstalledEngine {
  engine: EngineName;
  available: true;
  /** How to run it in the foreground. Once it listens, it must write a line that contains `listening on http`. */
  command(settings: EngineSettings): Command;
}

/** One engine as {@link startEngine} sees it. */
export interface EngineKind {
  readonly name: EngineName;
  /** Looks for it each time, so that what was installed meanwhile is found. */
  find(signal?: AbortSignal): Promise<InstalledEngine | MissingEngine>;
}
