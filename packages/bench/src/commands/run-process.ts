import { spawn } from "node:child_process";
import { once } from "node:events";
import { devNull } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

const REPORT_USAGE = path.join(import.meta.dirname, "report-usage.cjs");

/** What a process took, from its start to its end. */
export interface ProcessCost {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** The most memory that it had. */
  readonly residentBytes: number;
}

/** Runs Node once, with no other configuration of AWS than what is given. @throws Error where it does not end with 0 */
export async function runProcess(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<ProcessCost> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ["--require", REPORT_USAGE, ...words], {
    env: { PATH: process.env.PATH, AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull, ...environment },
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  const [[code], usage] = await Promise.all([once(child, "exit"), text(child.stdio[3] as Readable)]);
  const wallMs = performance.now() - startedAt;
  if (code !== 0) throw new Error(`node ${words.join(" ")} ended with ${code}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(usage) as NodeJS.ResourceUsage;
  return { wallMs, cpuMs: (userCPUTime + systemCPUTime) / 1_000, residentBytes: maxRSS * 1_024 };
}
