import { expect, it, vi } from "vitest";
import { systemClock } from "../../../src/protocol/clock.ts";

const timer = vi.hoisted(() => vi.fn(async (_ms: number) => {}));
vi.mock("node:timers/promises", () => ({ setTimeout: timer }));

it.each([
  [0, [0]],
  [50, [50]],
  [2 ** 31 - 1, [2 ** 31 - 1]],
  [2 ** 31, [2 ** 31 - 1, 1]],
  [1e10, [...Array(4).fill(2 ** 31 - 1), 1e10 - 4 * (2 ** 31 - 1)]],
])("systemClock sleeps %d ms in pieces that a timer can wait for", async (ms, pieces) => {
  timer.mockClear();
  await systemClock.sleep(ms);
  expect(timer.mock.calls.map(([piece]) => piece)).toEqual(pieces);
});
