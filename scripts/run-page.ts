import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Does what a page of documentation says, from top to bottom, in a folder: writes each block whose first line is a comment
 * with a file's name, and runs each line of the `sh` blocks. Throws at the first line that fails.
 */
export function runPage(page: string, folder: string, env: NodeJS.ProcessEnv): void {
  const blocks = readFileSync(page, "utf8").matchAll(/^```(\w+)\n(.*?)^```$/gms);
  for (const [, language, text = ""] of blocks) {
    const file = /^\/\/ (\S+)\n/.exec(text)?.[1];
    if (file !== undefined) writeFileSync(path.join(folder, file), text);
    else if (language === "sh") for (const line of text.trim().split("\n")) runLine(line, folder, env);
    else throw new Error(`${page} has a block that is neither a file nor commands:\n${text}`);
  }
}

/** One line, by the shell: `! command` has to fail. */
function runLine(line: string, cwd: string, env: NodeJS.ProcessEnv): void {
  try {
    execFileSync("bash", ["-c", line], { cwd, env, stdio: "pipe" });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer };
    throw new Error(`A line of the page fails: ${line}\n${stdout.toString()}${stderr.toString()}`);
  }
}
