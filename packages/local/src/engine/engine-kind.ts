import type { EngineControls, EngineExit, EngineName } from "./engine.ts";

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

/** An engine that can run on this machine as a program of its own. */
export interface EngineProgram {
  engine: EngineName;
  available: true;
  /** How to run it in the foreground. Once it listens, it must write a line that contains `listening on http`. */
  command(settings: EngineSettings): Command;
}

/** What differs from one start of an engine in this process to the next. */
export interface InProcessSettings {
  /** Undefined for a free one. */
  port: number | undefined;
  dbPath: string | undefined;
  /** Whether it refuses what a page in a browser sends. */
  guard: boolean;
}

/** An engine that can run on this machine in this process. */
interface EngineInProcess {
  engine: EngineName;
  available: true;
  start(settings: InProcessSettings): Promise<EngineRun>;
}

/** An engine that can run on this machine. */
export type InstalledEngine = EngineProgram | EngineInProcess;

/** An engine that runs, without what is the same for all. */
export interface EngineRun extends Partial<EngineControls> {
  port: number;
  pid: number;
  /** Resolves when it has ended. Never rejects. */
  exited: Promise<EngineExit>;
  /** Never rejects. */
  stop(): Promise<void>;
}

/** One engine as {@link startEngine} sees it. */
export interface EngineKind {
  readonly name: EngineName;
  /** Looks for it each time, so that what was installed meanwhile is found. */
  find(signal?: AbortSignal): Promise<InstalledEngine | MissingEngine>;
}
