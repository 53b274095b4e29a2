import { runs } from "@rollcall/testing/dynamodb/only-in-ci";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonText, oneLine, printable, printableInList, quoted } from "../../src/terminal/printable.ts";

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("a", '"', "\\", "\n", "\u001b", "\u009b", "\u202e", "\ud800", " ", "\u{e0001}") }),
);
const controls = /[\p{C}\p{Zl}\p{Zp}]/u;

describe("printable", () => {
  it.each(["gpt-4", "openai/gpt-4o", "modèle", "模型", "two words", "it's"])("shows %s as it is", (name) => {
    expect(printable(name)).toBe(name);
  });

  it.each([
    ["gpt-4\n", '"gpt-4\\n"'],
    ["\u001b[2J", '"\\u001b[2J"'],
    ["\u009b2J\u007f", '"\\u009b2J\\u007f"'],
    ["a\u202eb", '"a\\u202eb"'],
    ["\u{e0001}", '"\\udb40\\udc01"'],
    ['"quoted"', '"\\"quoted\\""'],
    ["back\\slash", '"back\\\\slash"'],
    [" edge", '" edge"'],
    ["", '""'],
  ])("shows %j as a JSON string", (name, shown) => {
    expect(printable(name)).toBe(shown);
  });

  it("leaves nothing that could break a line, and can be read back", () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const shown = printable(name);
        expect(shown).not.toMatch(controls);
        expect(shown.startsWith('"') ? JSON.parse(shown) : shown).toBe(name);
      }),
      { numRuns: runs(2_000) },
    );
  });
});

describe("oneLine", () => {
  it("joins lines and escapes what is no text", () => {
    expect(oneLine("  first\r\n  second\u001b[1m\n")).toBe("first second\\u001b[1m");
  });

  it("leaves one line of any message", () => {
    fc.assert(
      fc.property(anyText, (message) => {
        expect(oneLine(message)).not.toMatch(controls);
      }),
    );
  });
});

describe("oneLine of a message without an end", () => {
  it("takes no time, for any characters", () => {
    const started = performance.now();
    for (const part of [" ", "\n", " \n", "\u001b", "x"]) {
      expect(Buffer.byteLength(oneLine(`a${part.repeat(5_000_000)}b`))).toBeLessThan(1_600);
    }
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("jsonText", () => {
  it("can be read back, and holds nothing that a terminal obeys", () => {
    fc.assert(
      fc.property(fc.dictionary(anyText, anyText), fc.constantFrom(undefined, 2), (document, indent) => {
        const text = jsonText(document, indent);
        expect(text).not.toMatch(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/u);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(document)));
      }),
    );
  });
});

describe("printableInList", () => {
  it.each([
    ["gpt-4", "gpt-4"],
    ["openai/gpt-4o", "openai/gpt-4o"],
    ["x, - important", '"x, - important"'],
    ["two words", '"two words"'],
    ["- x", '"- x"'],
    ["+x", '"+x"'],
  ])("shows %j as %s", (name, shown) => {
    expect(printableInList(name)).toBe(shown);
  });
});

describe("quoted", () => {
  it("is bounded, and quotes any value", () => {
    expect(quoted("a b")).toBe('"a b"');
    expect(quoted("\u001b".repeat(10_000)).length).toBeLessThan(800);
  });
});
