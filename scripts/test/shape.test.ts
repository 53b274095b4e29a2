/** How large the parts of the house may be. Functions and imports are the linter's. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import { describe, expect, it } from "vitest";
import { ROOT, trackedFiles } from "./tracked-files.ts";

const MAX_FILES = 20;
const MAX_FIELDS = 8;
const MAX_LINES = 300;

/** The most fields that an instance of any class in this source has. */
function largestClass(file: string, source: string): number {
  if (!/\bclass\b/.test(source)) return 0; // parsing all sources takes seconds
  let most = 0;
  const visitor = new Visitor({
    ClassBody: ({ body }) => {
      const fields = body.filter((member) => member.type === "PropertyDefinition" && !member.static);
      most = Math.max(most, fields.length);
    },
  });
  visitor.visit(parseSync(file, source).program);
  return most;
}

describe("the house", () => {
  it("counts a class's fields, not its methods and statics", () => {
    expect(
      largestClass("a.ts", "class A { a = 1; #b: string; readonly c; static d = 1; e() {} get f() { return 1; } }"),
    ).toBe(3);
  });

  it(`has at most ${MAX_FILES} files in a folder`, () => {
    const folders = Map.groupBy(trackedFiles(), (file) => path.dirname(file));
    const large = [...folders].filter(([folder, files]) => folder !== "." && files.length > MAX_FILES);
    expect(large.map(([folder, files]) => `${folder}: ${files.length}`)).toEqual([]);
  });

  it(`has at most ${MAX_FIELDS} fields in a class`, () => {
    const large = trackedFiles("*.ts").filter(
      (file) => largestClass(file, readFileSync(path.join(ROOT, file), "utf8")) > MAX_FIELDS,
    );
    expect(large).toEqual([]);
  });

  it(`has at most ${MAX_LINES} lines in a source file`, () => {
    const long = trackedFiles("packages/*/src/*.ts").filter(
      (file) => readFileSync(path.join(ROOT, file), "utf8").trimEnd().split("\n").length > MAX_LINES,
    );
    expect(long).toEqual([]);
  });
});
