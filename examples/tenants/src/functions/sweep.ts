import { createSweepHandler } from "@rollcall/maintainer";
import { projects, tenants } from "../registries.ts";
import { tableName } from "../table-name.ts";

/** A Lambda function on a schedule: compares the table with its registries, for what the stream could not tell. */
export const handler = createSweepHandler({ tableName, registries: [tenants, projects] });
