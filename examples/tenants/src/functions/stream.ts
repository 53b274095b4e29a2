import { createStreamHandler } from "@rollcall/maintainer";
import { projects, tenants } from "../registries.ts";
import { tableName } from "../table-name.ts";

/** The maintainer: a Lambda function that the table's stream feeds. It repairs what other writers break. */
export const handler = createStreamHandler({ tableName, registries: [tenants, projects] });
