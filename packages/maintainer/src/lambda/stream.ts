import "@rollcall/registry/node-version";

import { createStreamHandler } from "../stream/stream-handler.ts";

const tableName = process.env.ROLLCALL_TABLE;
if (!tableName) throw new Error("ROLLCALL_TABLE is not set: name the table whose stream feeds this function.");

/** The Lambda entry: the stream handler of the table that `ROLLCALL_TABLE` names. */
export const handler = createStreamHandler({ tableName });
