import { formatManifest, ManifestError, parseManifest } from "@rollcall/cli";
import type { Limit } from "@rollcall/registry";
import { runs } from "@rollcall/testing/dynamodb/only-in-ci";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const parse = (text: string) => parseManifest(text, "limits.yaml");
const limitsOf = (text: string, resource = "a") => parse(text).resources.get(resource);
const limit = (fields: string) => limitsOf(`resources: { a: { limits: { rpm: ${fields} } } }`)?.[0];

describe("a manifest", () => {
  it("needs nothing but a capacity for a limit", () => {
    expect(limit("{ capacity: 500 }")).toEqual({
      name: "rpm",
      capacity: 500,
      refillAmount: 500,
      refillPeriodSeconds: 60,
    });
  });

  it("may say how much comes back, and when", () => {
    const fields = "{ capacity: 100, refill_amount: 20, refill_period: 300 }";
    expect(limit(fields)).toEqual({ name: "rpm", capacity: 100, refillAmount: 20, refillPeriodSeconds: 300 });
  });

  it("with a burst has that in place of its capacity, as the limiter reads it", () => {
    expect(limit("{ capacity: 100, burst: 500 }")).toMatchObject({ capacity: 500, refillAmount: 500 });
    expect(limit("{ capacity: 100, burst: 500, refill_amount: 7 }")).toMatchObject({ capacity: 500, refillAmount: 7 });
    expect(limit("{ capacity: 100, burst: 100 }")).toMatchObject({ capacity: 100, refillAmount: 100 });
  });

  it("may be JSON, with tabs", () => {
    const json = JSON.stringify({ resources: { "openai/gpt-4o": { limits: { rpm: { capacity: 5 } } } } }, null, "\t");
    expect(limitsOf(json, "openai/gpt-4o")).toMatchObject([{ name: "rpm", capacity: 5 }]);
  });

  it("may begin with a byte order mark and end its lines as Windows does", () => {
    expect([
      ...parse("\ufeffresources:\r\n  a:\r\n    limits:\r\n      r: { capacity: 5 }\r\n").resources.keys(),
    ]).toEqual(["a"]);
  });

  it("keeps the order of the file, of names that look like numbers, too", () => {
    const { resources } = parse(
      "resources: { b: { limits: { z: { capacity: 1 }, a: { capacity: 2 } } }, a: { limits: { r: { capacity: 1 } } } }",
    );
    expect([...resources.keys()]).toEqual(["b", "a"]);
    expect(resources.get("b")?.map(({ name }) => name)).toEqual(["z", "a"]);
  });

  it("may declare that there are no resources, or say nothing of them", () => {
    expect(parse("resources: {}")).toMatchObject({ resources: new Map(), hasResources: true });
    expect(parse("namespace: prod\nsystem: {}")).toMatchObject({ resources: new Map(), hasResources: false });
  });

  it("may have anchors under names that begin with x- or a dot", () => {
    const text = "x-common: &rpm { capacity: 5 }\n.more: [1]\nresources: { a: { limits: { rpm: *rpm } } }";
    expect(limitsOf(text)).toMatchObject([{ name: "rpm", capacity: 5 }]);
  });

  it.each(["1000", '"1000"', "1_000", "'1000'"])("may write a thousand as %s", (text) => {
    expect(limit(`{ capacity: ${text} }`)).toMatchObject({ capacity: 1_000 });
  });

  it("tells of what it has besides resources", () => {
    expect(parse("resources: {}\nnamespace: prod\nsystem: { anything: [1] }\nentities:\n")).toMatchObject({
      namespace: "prod",
      otherSections: ["system", "entities"],
    });
    expect(parse("resources: {}")).toMatchObject({ namespace: undefined, otherSections: [] });
  });

  it("may use anchors, aliases and merge keys", () => {
    const { resources } = parse(`
resources:
  a: &standard
    limits: &limits
      rpm: &rpm { capacity: 500 }
  b: *standard
  c: { limits: { <<: *limits, tpm: { capacity: 1 } } }
  d: { limits: { rpm: { <<: [{ capacity: 7 }, *rpm], refill_period: 1 } } }
  rpm: { limits: { rpm: { <<: *rpm, capacity: 9 } } }
`);
    const shown = Array.from(resources, ([name, limits]) => [name, limits.map((each) => [each.name, each.capacity])]);
    expect(shown).toEqual([
      ["a", [["rpm", 500]]],
      ["b", [["rpm", 500]]],
      [
        "c",
        [
          ["tpm", 1],
          ["rpm", 500],
        ],
      ],
      ["d", [["rpm", 7]]],
      ["rpm", [["rpm", 9]]],
    ]);
  });
});

describe("what is no manifest is refused in one line, with its place, the field and what was expected", () => {
  const resource = (yaml: string) => `resources:\n  a:\n    ${yaml}`;
  const rpm = (yaml: string) => resource(`limits:\n      rpm: ${yaml}`);

  it.each<[string, string, string]>([
    ["nothing", "", "1:1: the file: expected a map with resources in it; found nothing."],
    ["a list", "- a", "1:1: the file: expected a map with resources in it; found a list."],
    ["an unknown section", "resorces: {}", "1:1: resorces: unknown field; did you mean resources?"],
    ["another one", "x: 1", "1:1: x: unknown field; known here: resources, namespace, system, entities."],
    ["a namespace without a name", "namespace:\nresources: {}", "1:11: namespace: expected the limiter's name of a "],
    ["resources that are nothing", "resources:", "1:11: resources: expected a map from each resource to its limits"],
    ["resources that are a list", "resources: [a]", "1:12: resources: expected a map from each resource to its limits"],
    ["a bad name", "resources:\n  1a: {}", '2:3: resources.1a: Invalid resource name "1a": use 1 to 64 characters'],
    ["no name", "resources:\n  ? \n  : {}", '2:5: resources[""]: Invalid resource name "": use 1 to 64'],
    [
      "a resource that is nothing",
      "resources:\n  a:",
      "2:5: resources.a: expected a map with limits in it; found noth",
    ],
    ["no limits", resource("{}"), "2:3: resources.a: its limits are missing; expected limits with at least one limit."],
    ["limits without their name", resource("rpm: { capacity: 5 }"), "3:5: resources.a.rpm: unknown field; known here"],
    ["a misspelt field", resource("limit: {}"), "3:5: resources.a.limit: unknown field; did you mean limits?"],
    [
      "empty limits",
      resource("limits: {}"),
      "3:5: resources.a.limits: expected at least one limit; leave the resource",
    ],
    ["a list of limits", resource("limits: []"), "3:13: resources.a.limits: expected a map from each limit's name to"],
    ["a reserved limit", resource("limits: { wcu: 5 }"), '3:15: resources.a.limits.wcu: Invalid limit name "wcu": it '],
    ["a number for a limit", rpm("500"), "4:12: resources.a.limits.rpm: expected a map such as { capacity: 500 }; fou"],
    ["no capacity", rpm("{ burst: 5 }"), "4:7: resources.a.limits.rpm: its capacity is missing; expected one, such a"],
    ["a misspelt capacity", rpm("{ capcity: 5 }"), "4:14: resources.a.limits.rpm.capcity: unknown field; did you mean"],
    [
      "camel case",
      rpm("{ capacity: 5, refillAmount: 5 }"),
      "4:27: resources.a.limits.rpm.refillAmount: unknown field; did you mean refill_amount?",
    ],
    [
      "a number as text with an underscore",
      rpm('{ capacity: "1_000" }'),
      '4:24: resources.a.limits.rpm.capacity: expected a whole number from 1 to 9007199254740991, in digits alone; found the text "1_000".',
    ],
    [
      "a number to the base of 60",
      rpm("{ capacity: 1:30 }"),
      "4:24: resources.a.limits.rpm.capacity: expected a whole",
    ],
    [
      "a number to the base of 16",
      rpm("{ capacity: 0x10 }"),
      "4:24: resources.a.limits.rpm.capacity: expected a whole",
    ],
    ["zero", rpm("{ capacity: 0 }"), "4:24: resources.a.limits.rpm.capacity: expected a whole number from 1 to 900719"],
    ["less", rpm("{ capacity: -5 }"), "4:24: resources.a.limits.rpm.capacity: expected a whole number from 1 to 90071"],
    ["a fraction", rpm("{ capacity: 0.5 }"), "4:24: resources.a.limits.rpm.capacity: expected a whole number from 1 "],
    ["a truth", rpm("{ capacity: true }"), "4:24: resources.a.limits.rpm.capacity: expected a whole number from 1 to"],
    ["infinity", rpm("{ capacity: .inf }"), "4:24: resources.a.limits.rpm.capacity: expected a whole number from 1 to"],
    ["an octal, or not", rpm("{ capacity: 0500 }"), "4:24: resources.a.limits.rpm.capacity: expected a whole number f"],
    ["a power of ten", rpm("{ capacity: 1e3 }"), "4:24: resources.a.limits.rpm.capacity: expected a whole number from"],
    ["2 to the 53rd", rpm("{ capacity: 9007199254740993 }"), "4:24: resources.a.limits.rpm.capacity: expected a whole"],
    ["a list for a number", rpm("{ capacity: [5] }"), "4:24: resources.a.limits.rpm.capacity: expected a whole number"],
    [
      "a burst below the capacity",
      rpm("{ capacity: 5, burst: 4 }"),
      "4:34: resources.a.limits.rpm.burst: expected a whole number from 5 (its capacity) to 9007199254740991, in digits alone; found 4.",
    ],
    [
      "a name with dots in the path",
      'resources: { gpt-4.1: { limits: { "r.m": 5 } } }',
      '1:42: resources["gpt-4.1"].limits["r.m"]: expected a map such as { capacity: 500 }; found 5.',
    ],
    [
      "a resource twice",
      'resources:\n  a: { limits: { r: { capacity: 1 } } }\n  b: { limits: { r: { capacity: 1 } } }\n  "a": 2',
      "4:3: resources.a is here for the second time, first in line 2: keep one of the two.",
    ],
    ["a field twice", rpm("{ capacity: 5, capacity: 5 }"), "4:27: resources.a.limits.rpm.capacity is here for the sec"],
    [
      "a section twice",
      "resources: {}\nresources: {}",
      "2:1: resources is here for the second time, first in line 1: ",
    ],
    ["broken YAML", "resources: [", "1:13: this is not YAML: Flow sequence in block collection must be sufficiently "],
    ["tabs", "resources:\n\ta: 1", "2:1: this is not YAML: Tabs are not allowed as indentation."],
    ["an unknown tag", "resources: !foo {}", "1:12: this is not YAML: Unresolved tag: !foo."],
    ["several documents", "resources: {}\n---\nresources: {}", "2:1: a second document begins here: keep one manifest"],
    ["a map as a name", "? { a: 1 }\n: 1", "1:3: this name is no plain text: write every name out."],
    ["an alias of nothing", "resources: *x", "1:12: the alias *x stands for nothing: no anchor &x is before it."],
    ["an alias of what comes later", "namespace: *x\nresources: &x {}", "1:12: the alias *x stands for nothing: no a"],
    ["an alias of itself", "resources: &a { a: *a }", "1:17: resources.a.a: unknown field; known here: limits."],
    ["a merge of itself", "resources: &a { <<: *a }", '1:17: resources["<<"]: expected a map that can be merged.'],
    ["a merge of a number", "resources: { <<: 5 }", '1:14: resources["<<"]: expected a map that can be merged.'],
    ["depth without an end", "[".repeat(5_000), "1:"],
  ])("%s", (_, text, message) => {
    const error = catchError(() => parse(text));
    expect(error.message).toContain(`limits.yaml:${message}`);
    expect(error.message).toMatch(/^limits\.yaml:\d+:\d+: .*[.?]$/);
    expect(error).toMatchObject({ file: "limits.yaml", line: expect.any(Number), column: expect.any(Number) });
  });

  it("with all its mistakes, in the order of the text", () => {
    const text = [
      "resources:",
      "  a: { limits: { rpm: { capacity: 0, burts: 5 }, wcu: { capacity: 5 } } }",
      "  b: { limits: {} }",
      "  c: 5",
      "  d: { limits: { rpm: { capacity: 1 } } }",
      "  1e: { limits: { rpm: { capacity: x } } }",
      "sytem: {}",
    ];
    const error = catchError(() => parse(text.join("\n")));
    const places = [error, ...error.others].map(({ line, column }) => `${line}:${column}`);
    expect(places).toEqual(["2:35", "2:38", "2:50", "3:8", "4:6", "6:3", "6:36", "7:1"]);
    expect(error.others[0]?.message).toMatch(/^limits\.yaml:2:38: .*burts: unknown field; did you mean burst\?$/);
  });

  it("in JSON as in YAML, at the same places", () => {
    const text = `{\n "resources": {\n  "a": { "limits": { "rpm": { "capacity": "x", "capacity": 5 } } },\n  "a": 5 }, "x": 1 }`;
    const inYaml = catchError(() => parseManifest(`${text} # a comment`, "limits.yaml"));
    const inJson = catchError(() => parseManifest(text, "limits.yaml"));
    expect([inJson, ...inJson.others].map(({ message }) => message)).toEqual(
      [inYaml, ...inYaml.others].map(({ message }) => message),
    );
    expect(inJson.others).toHaveLength(3);
  });

  it("YAML of more than 2 MiB, but not JSON", () => {
    const comment = `# ${"x".repeat(2 * 1024 ** 2)}`;
    expect(catchError(() => parse(`resources: {}\n${comment}`)).message).toMatch(
      /more than the 2 MiB of a manifest in YAML/,
    );
    const json = JSON.stringify({ resources: {}, "x-comment": comment });
    expect(parse(json).hasResources).toBe(true);
  });

  it("aliases that stand for more than any machine holds, soon", { timeout: 60_000 }, () => {
    const anchors = Array.from({ length: 40 }, (_, i) => `&a${i + 1} { <<: [*a${i}, *a${i}] }`);
    const merges = `resources: { <<: [&a0 { a: { limits: { r: { capacity: 1 } } } }, ${anchors.join(", ")}] }`;
    expect(catchError(() => parse(merges)).message).toMatch(/aliases stand for more than 1,000,000 entries/);

    const manyLimits = Array.from({ length: 2_000 }, (_, i) => `r${i}: { capacity: 1 }`).join(", ");
    const manyResources = Array.from({ length: 2_000 }, (_, i) => `, b${i}: *a`).join("");
    const square = `resources: { a: &a { limits: { ${manyLimits} } }${manyResources} }`;
    expect(catchError(() => parse(square)).message).toMatch(/aliases stand for more than 1,000,000 entries/);
  });

  it("a long text is not shown whole", () => {
    const error = catchError(() => parse(rpm(`{ capacity: "${"x".repeat(10_000)}" }`)));
    expect(error.message.length).toBeLessThan(300);
  });
});

describe("the reader and the formatter", () => {
  const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.-]{0,63}$/).filter((text) => text !== "wcu");
  const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  const limits: fc.Arbitrary<Limit[]> = fc.uniqueArray(
    fc.record({ name, capacity: number, refillAmount: number, refillPeriodSeconds: number }),
    { selector: (each) => each.name, minLength: 1, maxLength: 4 },
  );
  const resource = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.\-/]{0,63}$/);
  const resources = fc
    .uniqueArray(fc.tuple(resource, limits), { selector: ([each]) => each, maxLength: 6 })
    .map((entries) => new Map(entries));

  it("are each other's inverse", () => {
    fc.assert(
      fc.property(resources, (wanted) => {
        expect(Array.from(parse(formatManifest(wanted)).resources)).toEqual(Array.from(wanted));
      }),
      { numRuns: runs(300) },
    );
  });

  it("leave out what has its default value", () => {
    const text = formatManifest(
      new Map([["gpt-4", [{ name: "rpm", capacity: 5, refillAmount: 5, refillPeriodSeconds: 60 }]]]),
    );
    expect(text).toBe("resources:\n  gpt-4:\n    limits:\n      rpm:\n        capacity: 5\n");
  });
});

function catchError(run: () => unknown): ManifestError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ManifestError);
    return error as ManifestError;
  }
  throw new Error("It was taken for a manifest.");
}
