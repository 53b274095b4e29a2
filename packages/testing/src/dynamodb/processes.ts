import { spawnSync } from "node:child_process";

/**
 * Whether a process runs. A zombie does not: it has ended, and only waits for its parent, or for the first process of a
 * container, to take note of that.
 */
export function isRunning(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}

/** The processes of a group that run; an engine and its guard are a group of their own. */
export function runningInGroup(groupId: number): number[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,pgid=,stat="], { encoding: "utf8" });
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, group, state]) => Number(group) === groupId && !state?.startsWith("Z"))
    .map(([pid]) => Number(pid));
}

/** The processes that run with this in their command line. */
export function runningWith(text: string): string[] {
  const { stdout } = spawnSync("ps", ["-A", "-ww", "-o", "stat=,args="], { encoding: "utf8" });
  return stdout
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.includes(text) && !line.startsWith("Z"));
}

/** The processes that a process started itself; a zombie is none. */
export function childrenOf(parentId: number): number[] {
  const { stdout } = spawnSync("ps", ["-A", "-o", "pid=,ppid=,stat="], { encoding: "utf8" });
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, state]) => Number(parent) === parentId && !state?.startsWith("Z"))
    .map(([pid]) => Number(pid));
}
