import { expect, it } from "vitest";
import type { Measurement } from "../../src/measuring/measurement.ts";
import { drawPlots } from "../../src/report/plots.ts";
import { renderPage, renderSections } from "../../src/report/results-page.ts";
import { SECTIONS } from "../../src/report/sections.ts";
import { measurement } from "./measurements.ts";

const spread = (median: number) => ({ low: median * 0.9, median, high: median * 1.1, samples: 5 });
const setting = { neighbours: 100_000, names: 10 };

const measurements: Measurement[] = [
  measurement({ setting, counts: { requests: 1, readUnits: 0.5 }, ms: spread(2), ratio: spread(1) }),
  measurement({
    setting,
    way: "paged Scan",
    counts: { requests: 24, readUnits: 3_007 },
    ms: spread(60),
    ratio: spread(30),
  }),
  measurement({
    engine: "dynamodb-local",
    setting,
    counts: { requests: 1, readUnits: 0.5 },
    ms: spread(4),
    ratio: spread(1),
  }),
  measurement({
    engine: "dynamodb-local",
    setting,
    way: "paged Scan",
    counts: { requests: 24, readUnits: 3_008 },
    ms: spread(80),
    ratio: spread(20),
  }),
];

it("the results page puts the engines into one row, with both figures where they differ", () => {
  const [, , image, table] = renderSections({ measurements });
  expect(image).toBe("![Read units a listing against the size of the table](list-against-table-size.svg)");
  expect(table?.split("\n")).toEqual([
    "| other items | names | way | requests | read units | time, dynoxide | time, DynamoDB Local |",
    "| --- | --- | --- | ---: | ---: | ---: | ---: |",
    "| 100,000 | 10 | Rollcall | 1 | 0.5 | 1× (0.9–1.1), 2 ms | 1× (0.9–1.1), 4 ms |",
    "|  |  | paged Scan | 24 | 3,007 / 3,008 | 30× (27–33) | 20× (18–22) |",
  ]);
});

it("the results page tells costs by write that was acknowledged, means of what is never the same, and shares in per cent", () => {
  const race = { case: "conflicts", table: "conflicts", isExact: false, operations: 10 } as const;
  const row = { ...race, setting: { conflicts: 0.3 }, way: "two calls" };
  const races = [
    measurement({ ...row, counts: { requests: 112, failed: 3 } }),
    measurement({ ...row, engine: "dynamodb-local", counts: { requests: 144, failed: 4 } }),
  ];
  const [, , table] = renderSections({ measurements: races });
  expect(table?.split("\n")).toEqual([
    "| conflicts | way | requests | failed |",
    "| --- | --- | ---: | ---: |",
    "| 30% | two calls | ≈ 20 | ≈ 35% |",
  ]);
});

it("the results page says first what came of what was to be reached, and last how it was measured", () => {
  const page = renderPage({
    measurements,
    provenance: {
      date: "2026-11-22",
      commit: "abc1234",
      seed: 7,
      minutes: 20,
      machine: { cpu: "a CPU", cores: 2, memoryGb: 24, os: "Linux 6" },
      versions: { node: "24.0.0" },
    },
  });
  expect(page).toContain(
    "| List 10 names among 100,000 other items | paged Scan: 24 requests, 3,007 read units | 1 request, 0.5 read units | 1 request, 0.5 read units |",
  );
  expect(page).toContain(
    "- 2026-11-22, commit abc1234, seed 7, 20 minutes\n- a CPU, 2 cores, 24 GB, Linux 6\n- node 24.0.0",
  );
});

it("drawPlots draws every plot that the page shows, on white, for dark themes too", async () => {
  const plots = await drawPlots(measurements);
  expect(plots.map(({ file }) => file)).toEqual(SECTIONS.flatMap(({ plot }) => plot?.file ?? []));
  for (const { svg } of plots) expect(svg).toMatch(/^<svg[^>]*>\s*<rect[^>]*fill="white"/);
  expect(plots[0]?.svg).toContain("read units a listing");
});
