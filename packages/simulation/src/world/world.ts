import type { RegistryDefinition } from "@rollcall/registry";
import type { Plan } from "../plan/plan.ts";
import { Watch } from "../promises/watch.ts";
import { History } from "../timeline/history.ts";
import type { Process, Role } from "../timeline/process.ts";
import { Random } from "../timeline/random.ts";
import { Timeline } from "../timeline/timeline.ts";
import { firstItems } from "./items.ts";
import { Maintainer } from "./maintainer.ts";
import { Processes } from "./processes.ts";
import { Producers } from "./producers.ts";
import { Region } from "./region.ts";
import { Replication } from "./replication.ts";

const REGION_NAMES = ["eu-central-1", "us-east-1"];

/** Everything a plan takes place in: Regions, processes, time. */
export class World {
  readonly plan: Plan;
  readonly timeline = new Timeline();
  readonly watch: Watch;
  readonly regions: readonly Region[];
  readonly replication: Replication;
  readonly processes: Processes;
  readonly producers: Producers;
  readonly maintainers: readonly (readonly Maintainer[])[];

  constructor(plan: Plan, keepsHistory: boolean) {
    const { seed, setting, fates } = plan;
    this.plan = plan;
    this.watch = new Watch(this.timeline, new History(this.timeline, keepsHistory), setting.layout);
    this.processes = new Processes(this.timeline, seed, fates);
    this.producers = new Producers(this.processes, setting.layout);
    this.regions = REGION_NAMES.slice(0, setting.regions).map(
      (name) => new Region(name, this.timeline, this.watch, setting),
    );
    const items = firstItems(setting, new Random(seed, "world"));
    for (const region of this.regions) region.createTable(items);
    this.watch.begin(items.length);
    this.replication = new Replication(this.regions, this.timeline, seed);
    this.maintainers = this.regions.map((region) =>
      Array.from(
        { length: setting.maintainers },
        (_, i) => new Maintainer(this, region, `${region.name}.maintainer${i + 1}`),
      ),
    );
    if (this.watch.sawDrift || setting.backlog !== undefined) this.watch.needsSweep("the table was restored");
  }

  get history(): History {
    return this.watch.history;
  }

  /** Whether nothing but the mappings has anything left to do. */
  get isQuiet(): boolean {
    return this.processes.areIdle && !this.regions.some((region) => region.hasInFlight()) && this.replication.isDone;
  }

  /** Starts a process with a client of one Region. */
  client(role: Role, region: number, name: string) {
    const process: Process = this.processes.start(role, name);
    return { process, client: this.processes.connect(process, this.region(region)) };
  }

  /** Kills a producer; the next call starts another. */
  crashProducer(region: number, index: number): void {
    const process = this.producers.kill(this.region(region), index);
    this.history.add(() => `${process?.name ?? "No producer"} is killed`);
  }

  /** A Region by its number. In a plan that was shrunk to fewer, the numbers begin again. */
  region(index: number): Region {
    return at(this.regions, index);
  }

  /** A definition by its number. */
  definition(index: number): RegistryDefinition {
    return at(this.plan.setting.layout.definitions, index);
  }

  maintainer(region: number, index: number): Maintainer {
    return at(at(this.maintainers, region), index);
  }

  /** Lets time pass for what is no process. */
  wait(ms: number): Promise<void> {
    return this.processes.wait(ms);
  }
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new RangeError("There is nothing in the list");
  return found;
}
