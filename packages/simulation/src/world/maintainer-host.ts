import type { Setting } from "../plan/setting.ts";
import type { Watch } from "../promises/watch.ts";
import type { Timeline } from "../timeline/timeline.ts";
import type { Processes } from "./processes.ts";

/** What a maintainer needs of the world it is part of. */
export interface MaintainerHost {
  readonly plan: { readonly setting: Pick<Setting, "pollIntervalMs" | "layout"> };
  readonly timeline: Timeline;
  readonly watch: Watch;
  readonly processes: Processes;
}
