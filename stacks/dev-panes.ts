import type { Table } from "./storage.ts";

/** What `sst dev` runs besides the live functions; nothing is deployed for it. */
export function devPanes({ table }: { table: Table }): void {
  new sst.x.DevCommand("Registry", {
    environment: { ROLLCALL_TABLE: table.name },
    dev: { command: "npm run --silent rollcall -- registry status --watch" },
  });
  // Functions are bundled from what the packages publish: this takes a change of their sources into use.
  new sst.x.DevCommand("Compiler", {
    dev: { command: "npm exec -- tsc -b packages/registry packages/maintainer --watch --preserveWatchOutput" },
  });
}
