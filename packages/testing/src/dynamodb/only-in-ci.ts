import { describe, it, type TestOptions } from "vitest";

const CI = Boolean(process.env.CI);

/** The suites of long searches, over seeds, made-up inputs and every command: CI runs them, elsewhere their name says why they did not. */
export function describeInCi(title: string, options: TestOptions, suite: () => void): void {
  describe.skipIf(!CI)(titleOf(title), options, suite);
}

/** One test of that kind. */
export function testInCi(title: string, options: TestOptions, test: () => void | Promise<void>): void {
  it.skipIf(!CI)(titleOf(title), options, test);
}

/** Runs of a property, of which CI makes as many: elsewhere a tenth. */
export function runs(inCi: number): number {
  return CI ? inCi : Math.ceil(inCi / 10);
}

function titleOf(title: string): string {
  return CI ? title : `${title} [skipped: a long search; CI=true runs it]`;
}
