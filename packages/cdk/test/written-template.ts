import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A CloudFormation template as a file holds it. */
export interface WrittenTemplate {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>>;
}

/** What `rollcall deploy template` writes for a table of limits. */
export function writtenTemplate(): WrittenTemplate {
  const folder = mkdtempSync(path.join(tmpdir(), "rollcall-template-"));
  try {
    const cli = path.resolve(import.meta.dirname, "../../cli/src/main.ts");
    const command = ["deploy", "template", "--table", "limits", "--out", folder];
    execFileSync(process.execPath, ["--conditions=@rollcall/source", cli, ...command], { cwd: folder });
    return JSON.parse(readFileSync(path.join(folder, "rollcall.template.json"), "utf8")) as WrittenTemplate;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
