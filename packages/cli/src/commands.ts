import type { CommandSpec } from "./command-spec.ts";
import { dev } from "./commands/dev.ts";
import { registryAudit } from "./commands/registry-audit.ts";
import { registryList } from "./commands/registry-list.ts";
import { registryBackfill, registryRepair } from "./commands/registry-repair.ts";
import { registryStatus } from "./commands/registry-status.ts";
import { resourceApply } from "./commands/resource-apply.ts";
import { resourceDelete } from "./commands/resource-delete.ts";
import { resourceExport } from "./commands/resource-export.ts";
import { resourceGet } from "./commands/resource-get.ts";
import { resourceList } from "./commands/resource-list.ts";
import { resourceSet } from "./commands/resource-set.ts";
import { resourceUpdate } from "./commands/resource-update.ts";
import { tableCreate } from "./commands/table-create.ts";

/** Every command, in the order in which help lists them. */
export const commands: readonly CommandSpec[] = [
  resourceList,
  resourceGet,
  resourceSet,
  resourceUpdate,
  resourceDelete,
  resourceApply,
  resourceExport,
  registryList,
  registryStatus,
  registryAudit,
  registryRepair,
  registryBackfill,
  tableCreate,
  dev,
];
