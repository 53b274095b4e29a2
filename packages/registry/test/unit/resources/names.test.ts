import { InvalidNameError } from "@rollcall/registry";
import { describe, expect, it } from "vitest";
import {
  assertLimitName,
  assertNamespace,
  assertResourceName,
  assertStorableName,
  isStorableName,
} from "../../../src/resources/names.ts";

const long = (length: number) => "x".repeat(length);

describe("assertResourceName and its like: names that may be written", () => {
  it.each([
    ["a resource", assertResourceName, ["a", "Z9", "openai/gpt-4.1_mini", long(64)]],
    ["a limit", assertLimitName, ["a", "r.p-m_1", "wcu2", long(64)]],
    ["a namespace", assertNamespace, ["a", "_a", "__", "9-x", long(64)]],
  ])("of %s", (_, assert, names) => {
    for (const name of names) expect(() => assert(name)).not.toThrow();
  });

  const resource =
    "Invalid resource name NAME: use 1 to 64 characters of letters, digits, '_', '.', '-' and '/', first a letter";
  const limit = "Invalid limit name NAME: use 1 to 64 characters of letters, digits, '_', '.' and '-', first a letter";
  const namespace =
    "Invalid namespace name NAME: use 1 to 64 characters of letters, digits, '_' and '-', not first a '-'";
  it.each<[(name: string) => void, string, unknown[]]>([
    [assertResourceName, resource, ["", "1a", "/a", "a#b", "a b", "a\n", "é", long(65), ["a"], undefined]],
    [assertLimitName, limit, ["", "1a", "a/b", "a\n", long(65), ["a"]]],
    [assertNamespace, namespace, ["", "-a", "a.b", "a/b", "a#", "a\n", long(65), ["a"]]],
    [assertLimitName, "Invalid limit name NAME: it is reserved by the limiter", ["wcu"]],
    [assertNamespace, "Invalid namespace name NAME: it is reserved by the limiter", ["_"]],
  ])("are all others refused, by %o: %s", (assert, message, names) => {
    for (const name of names) {
      const refused = () => assert(name as string);
      expect(refused).toThrow(InvalidNameError);
      expect(refused).toThrow(message.replace("NAME", JSON.stringify(name) ?? "undefined"));
    }
  });
});

describe("isStorableName: names that may be found", () => {
  it.each([
    [undefined, 2_048 - "RESOURCE#".length],
    ["t1", 2_048 - "t1/RESOURCE#".length],
  ])("are any that a key has room for, in namespace %s", (namespace, most) => {
    for (const name of ["a", "#", "\n", "t1/SYSTEM#", long(most), "é".repeat(most / 2)]) {
      expect(isStorableName(name, namespace)).toBe(true);
      expect(() => assertStorableName(name, namespace)).not.toThrow();
    }
    for (const name of ["", long(most + 1), "é".repeat(most / 2 + 1), 5 as unknown as string]) {
      expect(() => assertStorableName(name, namespace)).toThrow(
        /^Invalid resource name .*: use 1 character or more, and a key of 2048 bytes at most/,
      );
    }
    for (const name of ["gpt\ud800", "\udc00gpt"]) {
      expect(isStorableName(name, namespace)).toBe(false);
      expect(() => assertStorableName(name, namespace)).toThrow(
        /^Invalid resource name .*: it has half of a character/,
      );
    }
    expect(isStorableName("", namespace)).toBe(false);
    expect(isStorableName(long(most + 1), namespace)).toBe(false);
  });
});
