import { parseArgs } from "node:util";
import { EngineError, type EngineName, startEngine } from "@rollcall/local";
import { changing } from "./changing.ts";
import { healing } from "./healing.ts";
import { importing } from "./importing.ts";
import { listing } from "./listing.ts";
import { Report } from "./report.ts";
import { Stage } from "./stage.ts";

const report = new Report(process.stdout);
const { values } = parseArgs({ options: { engine: { type: "string", default: "auto" } } });
await using engine = await startEngine({ engine: values.engine as "auto" | EngineName }).catch((error: unknown) => {
  if (!(error instanceof EngineError)) throw error;
  process.stderr.write(`Error: ${error.message}\n`); // says what to install
  process.exit(1);
});
await using stage = new Stage(engine, report);

report.line("Rollcall: the resources that have limits, in one read, and never wrong for long");
report.line(`(${engine.name} in memory at ${engine.endpoint}; units are DynamoDB's)`);
for (const chapter of [listing, changing, importing, healing]) await chapter(stage);

report.line();
report.line(report.holds ? "Everything above held." : "Something above did not hold: see the lines marked ✗.");
process.exitCode = report.holds ? 0 : 1;
