import type { Cases } from "../bench.ts";
import { backfill } from "./backfill.ts";
import { commands } from "./commands.ts";
import { conflicts } from "./conflicts.ts";
import { crashes } from "./crashes.ts";
import { lambda } from "./lambda.ts";
import { list } from "./list.ts";
import { maintain } from "./maintain.ts";
import { shards } from "./shards.ts";
import { sparseIndex } from "./sparse-index.ts";
import { writes } from "./writes.ts";

export const CASES: Cases = {
  list,
  "sparse-index": sparseIndex,
  shards,
  writes,
  conflicts,
  crashes,
  maintain,
  backfill,
  lambda,
  commands,
};
