import { availableEngines } from "@rollcall/local";

/** Says before the tests which of them will not run and why: the reporter only counts them. */
export default async function announceEngines(): Promise<void> {
  for (const found of await availableEngines()) {
    if (found.available) continue;
    const what = process.env.CI ? "Tests fail" : "Tests are skipped";
    process.stderr.write(`${what} on ${found.engine}: ${found.reason}; ${found.remedy}.\n`);
  }
}
