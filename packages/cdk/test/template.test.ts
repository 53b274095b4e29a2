import { mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { RegoEngine, TemplateFile } from "@aws/cloudformation-validate";
import { afterAll, expect, it } from "vitest";
import { writtenTemplate } from "./written-template.ts";

const folder = mkdtempSync(path.join(tmpdir(), "rollcall-template-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What AWS's own schemas and rules have against a template, but for hints. */
async function findings(template: unknown): Promise<string[]> {
  const file = path.join(folder, "checked.json");
  await writeFile(file, JSON.stringify(template));
  const engine = new RegoEngine();
  try {
    return engine
      .validateStandard(new TemplateFile(file))
      .diagnostics.filter(({ severity }) => severity !== "INFO")
      .map(({ ruleId, message }) => `${ruleId} ${message}`);
  } finally {
    engine.free();
  }
}

it("the CloudFormation template satisfies AWS's resource schemas, once its code is packaged", async () => {
  const found = await findings(writtenTemplate());
  // W3002: a path where a bucket will be, until `aws cloudformation package` has uploaded it.
  expect(found.filter((each) => !each.startsWith("W3002 "))).toEqual([]);
  expect(found).toHaveLength(2);
});

it("AWS's resource schemas notice a setting that is out of range", async () => {
  const { Resources, ...template } = writtenTemplate();
  const { StreamMapping } = Resources;
  const broken = { ...StreamMapping, Properties: { ...StreamMapping?.Properties, BatchSize: 0 } };
  const found = await findings({ ...template, Resources: { ...Resources, StreamMapping: broken } });
  expect(found.filter((each) => !each.startsWith("W3002 "))).toHaveLength(1);
});
