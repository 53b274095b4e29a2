import type { Table } from "./storage.ts";

/**
 * What `sst dev` runs besides the live functions; nothing is deployed for it. SST resolves the directory of a pane against
 * the working directory, absolute ones too, so commands say themselves where they run. Source: sst/sst, mosaic.go.
 */
export function devPanes({ table }: { table: Table }): void {
  const { root } = $cli.paths;
  new sst.x.DevCommand("Registry", {
    environment: { ROLLCALL_TABLE: table.name },
    dev: { command: `npm --prefix "${root}" run --silent rollcall -- registry status --watch` },
  });
  // Functions are bundled from what the packages publish: this takes a change of their sources into use.
  new sst.x.DevCommand("Compiler", {
    dev: {
      command: `npm --prefix "${root}" exec -- tsc -b "${root}/packages/registry" "${root}/packages/maintainer" --watch --preserveWatchOutput`,
    },
  });
}
