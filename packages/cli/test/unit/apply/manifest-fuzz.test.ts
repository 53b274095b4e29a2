import { formatManifest, ManifestError, parseManifest } from "@rollcall/cli";
import { assertLimitName, assertResourceName } from "@rollcall/registry/resources";
import { describeInCi } from "@rollcall/testing/dynamodb/only-in-ci";
import fc from "fast-check";
import { expect, it } from "vitest";
import { stringify } from "yaml";

describeInCi("the reader takes a manifest, or says in one line where the text is wrong", { timeout: 60_000 }, () => {
  it("for any text", () => {
    const text = fc.string({ unit: "binary", maxLength: 200 });
    fc.assert(
      fc.property(text, (any) => void survives(any)),
      { numRuns: 1_000 },
    );
  });

  it("for texts made of YAML's signs", () => {
    const tokens = [
      ..."{}[],:?-&*!|>'\"%@`#\n\t ~<",
      ...["\n  ", "\n    ", "&a ", "*a ", "<<: ", "---\n", "...\n", "!!map ", "!!set ", "!!binary ", "500", "null"],
      ...["resources", "limits", "capacity", "burst", "a", ": "],
    ];
    const text = fc.array(fc.constantFrom(...tokens), { maxLength: 40 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, (any) => void survives(any)),
      { numRuns: 3_000 },
    );
  });

  it("for any values in the places of its own", () => {
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(1, 500, "rpm", {}));
    const aLimit = fc.oneof(
      value,
      fc.record({ capacity: value, burst: value, refill_amount: value }, { requiredKeys: [] }),
    );
    const ofAny = (values: fc.Arbitrary<unknown>) =>
      fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("a", "rpm", "__proto__")), values, { maxKeys: 4 });
    const aResource = fc.oneof(value, fc.record({ limits: fc.oneof(value, ofAny(aLimit)) }));
    const manifest = fc.record(
      { resources: fc.oneof(value, ofAny(aResource)), namespace: value, system: value },
      { requiredKeys: ["resources"] },
    );
    fc.assert(
      fc.property(
        manifest,
        fc.boolean(),
        (any, asJson) => void survives(asJson ? JSON.stringify(any) : stringify(any)),
      ),
      { numRuns: 2_000 },
    );
  });

  it("for manifests with changes here and there", () => {
    let taken = 0;
    const change = fc.tuple(fc.nat(1_000), fc.nat(1_000), fc.constantFrom(...CHANGES), fc.constantFrom(...PIECES));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        let lines = MANIFEST.split("\n");
        for (const [at, to, apply, piece] of changes) lines = apply(lines, at % lines.length, to % lines.length, piece);
        if (survives(lines.join("\n"))) taken++;
      }),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(100);
    expect(taken).toBeLessThan(1_900);
  });
});

const MANIFEST = `# what every gateway has
namespace: prod
resources:
  gpt-4: &standard
    limits: &limits
      rpm: &rpm { capacity: 500, burst: 900 }
      tpm:
        capacity: 100000
        refill_amount: 5000
        refill_period: 3600
  openai/gpt-4o: *standard
  "claude-3.5":
    limits:
      <<: *limits
      rpd: { <<: [*rpm, { refill_period: 86400 }], capacity: 9 }
entities: {}`;

/** Bits that people write in manifests, and some that no manifest has. */
const PIECES = [
  ...[
    "  ",
    "\t",
    ": ",
    "- ",
    "{ ",
    " }",
    "[",
    "]",
    "&rpm ",
    "*rpm",
    "*nothing",
    "<<: *limits",
    "# ",
    "'",
    '"',
    "|\n",
    "\u2028",
  ],
  ...[
    "limits:",
    "capacity: 0",
    "capacity: 5",
    "burst: 1",
    "refill_period: 1e3",
    "wcu: { capacity: 5 }",
    "---",
    "!!set ",
  ],
];

type Edit = (lines: string[], at: number, to: number, piece: string) => string[];

const CHANGES: readonly Edit[] = [
  (lines, at) => lines.toSpliced(at, 1),
  (lines, at, to) => lines.toSpliced(to, 0, lines[at] ?? ""),
  (lines, at, to) => lines.toSpliced(at, 1).toSpliced(to, 0, lines[at] ?? ""),
  (lines, at, _, piece) => lines.with(at, piece + lines[at]),
  (lines, at, _, piece) => lines.with(at, lines[at] + piece),
  (lines, at, to, piece) => lines.with(at, `${lines[at]?.slice(0, to)}${piece}${lines[at]?.slice(to + 1)}`),
  (lines, at, to) => lines.with(at, lines[at]?.slice(0, to) ?? ""),
  (lines, at) => lines.with(at, lines[at]?.trimStart() ?? ""),
];

/** Whether the text is a manifest, of which nothing is left unchecked; if not, its error names a place in the text. */
function survives(text: string): boolean {
  let resources: ReturnType<typeof parse>["resources"];
  try {
    ({ resources } = parse(text));
  } catch (error) {
    expect(error).toBeInstanceOf(ManifestError);
    const { message, line, column } = error as ManifestError;
    expect(message).toMatch(/^limits\.yaml:\d+:\d+: [^\n\r]+$/);
    const lines = text.split("\n");
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1);
    return false;
  }
  for (const [resource, limits] of resources) {
    assertResourceName(resource);
    expect(limits).not.toEqual([]);
    for (const { name, ...numbers } of limits) {
      assertLimitName(name);
      expect(Object.values(numbers)).toSatisfy((all: number[]) => all.every((n) => Number.isSafeInteger(n) && n > 0));
    }
  }
  expect(parse(formatManifest(resources)).resources).toEqual(resources);
  return true;
}

function parse(text: string) {
  return parseManifest(text, "limits.yaml");
}
