import "@rollcall/registry/node-version";

import { createStreamHandler } from "../stream/stream-handler.ts";
import { registriesFromEnvironment } from "./registries-from-environment.ts";

const tableName = process.env.ROLLCALL_TABLE;
if (!tableName) throw new Error("ROLLCALL_TABLE is not set: name the table whose stream feeds this function.");

/**
 * The Lambda entry: the stream handler of the table that `ROLLCALL_TABLE` names, for the registries of
 * `ROLLCALL_REGISTRIES`.
 */
export const handler = createStreamHandler({ tableName, registries: registriesFromEnvironment() });
