import { availableEngines } from "@rollcall/local";

/** Says before the tests which of them will not run and why: the reporter only counts them. */
export default async function announceEngines(): Promise<void> {
  const engines = await availableEngines();
  const [first, ...further] = engines.filter(({ available }) => available);
  if (first !== undefined && further.length > 0 && !process.env.CI) {
    const left = further.map(({ engine }) => engine).join(" and ");
    process.stderr.write(`Tests run on ${first.engine}; CI=true runs them on ${left} too.\n`);
  }
  for (const found of engines) {
    if (found.available) continue;
    const what = process.env.CI ? "Tests fail" : "Tests are skipped";
    process.stderr.write(`${what} on ${found.engine}: ${found.reason}; ${found.remedy}.\n`);
  }
}
