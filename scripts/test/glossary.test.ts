import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT, trackedFiles } from "./tracked-files.ts";

const GLOSSARY = "docs/design/glossary.md";

/** The first column of the glossary's table: a list of forms for each of its pairs. */
function forbiddenForms(): string[][] {
  const rows = readFileSync(path.join(ROOT, GLOSSARY), "utf8").matchAll(/^\| (.+?) \| .+ \|$/gm);
  return [...rows].map(([, forms = ""]) => forms.split(", ")).filter(([form]) => form !== "not" && form !== "---");
}

/** Each form as words, a line break among them being a space too. */
const forbidden = new RegExp(`\\b(?:${forbiddenForms().flat().join("|").replaceAll(" ", "\\s+")})\\b`, "gi");

/** What of a text the glossary forbids. Words inside of identifiers count; names that JavaScript gave do not. */
function forbiddenWords(text: string): string[] {
  const prose = text
    .replaceAll(/\ballSettled\b|\bPromiseSettledResult\b/g, "")
    .replaceAll(/\n\s*(?:\*|\/\/|#)(?= )/g, "\n")
    .replaceAll(/([a-z])([A-Z])/g, "$1 $2");
  return [...prose.matchAll(forbidden)].map(([form]) => form.replaceAll(/\s+/g, " "));
}

describe("the glossary", () => {
  it("has fifteen pairs", () => {
    expect(forbiddenForms()).toHaveLength(15);
  });

  it.each([
    ["// A record comes\n  // again.", ["comes again"]],
    ["/**\n * It goes\n * on\n */", ["goes on"]],
    ["const willSettle = isDoubtful(x)", ["Settle", "Doubtful"]],
    ["await Promise.allSettled(calls)", []],
    ["It continues; a renewed, unsettling goods train.", []],
  ])("finds what it forbids across lines and in identifiers: %j", (text, words) => {
    expect(forbiddenWords(text)).toEqual(words);
  });

  it("is kept by sources, test titles and documents", () => {
    const ours = [GLOSSARY, "scripts/test/glossary.test.ts"];
    const files = trackedFiles("*.ts", "*.mts", "*.mjs", "*.md", "*.json*", ":!package-lock.json", ".ci/*");
    const found = files
      .filter((file) => !ours.includes(file))
      .flatMap((file) => forbiddenWords(readFileSync(path.join(ROOT, file), "utf8")).map((word) => `${file}: ${word}`));
    expect(found).toEqual([]);
  });
});
