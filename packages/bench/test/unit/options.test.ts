import { expect, it, vi } from "vitest";
import { exitCodeOf, parseOptions } from "../../src/options.ts";

it.each([
  { args: [], options: { quick: false, record: false, seed: 1 } },
  { args: ["--quick", "--record"], options: { quick: true, record: true } },
  {
    args: ["--case", "list", "--engine", "dynoxide", "--seed", "7"],
    options: { case: "list", engine: "dynoxide", seed: 7 },
  },
])("parseOptions reads $args", ({ args, options }) => {
  expect(parseOptions(args)).toMatchObject(options);
});

it.each([
  ["--fast"],
  ["--record"],
  ["--case", "lists"],
  ["--engine", "mysql"],
  ["--seed", "-1"],
  ["--seed", "x"],
  ["--quick", "--seed=2"],
  ["list"],
])("the bench refuses %s %s in one line, with exit code 2", (...args) => {
  const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  let exitCode: number | undefined;
  try {
    parseOptions(args);
  } catch (error) {
    exitCode = exitCodeOf(error);
  }
  const said = stderr.mock.calls.join("");
  stderr.mockRestore();
  expect(exitCode).toBe(2);
  expect(said).toMatch(/^Error: .*\n$/);
});
