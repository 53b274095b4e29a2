import { ResourceRegistry } from "@rollcall/registry";
import { withTiming } from "@rollcall/registry/internal";
import { itemSizeBytes } from "@rollcall/registry/protocol";
import { connect, type SimulatedClient } from "../network/network.ts";
import type { Plan } from "../plan/plan.ts";
import { Watch } from "../promises/watch.ts";
import { History } from "../timeline/history.ts";
import { type Activity, Process, type Role } from "../timeline/process.ts";
import { Random } from "../timeline/random.ts";
import { Timeline } from "../timeline/timeline.ts";
import { Maintainer } from "./maintainer.ts";
import { defaultItem, Region, registryItem } from "./region.ts";
import { Replication } from "./replication.ts";

const MAX_ITEM_BYTES = 409_600;
/** Names that fill a registry quickly: as long as DynamoDB lets a key be, less the prefix. */
const FILLER_BYTES = 2_000;
const REGION_NAMES = ["eu-central-1", "us-east-1"];

/** A process that uses the library, with one registry object a namespace. */
interface Producer {
  readonly process: Process;
  readonly registryOf: (namespace: string | undefined) => ResourceRegistry;
}

/** Everything a plan takes place in: Regions, processes, time. */
export class World {
  readonly tableName = "limits";
  readonly plan: Plan;
  readonly timeline = new Timeline();
  readonly history: History;
  readonly watch: Watch;
  readonly replication: Replication;
  readonly regions: readonly Region[];
  readonly maintainers: readonly (readonly Maintainer[])[];
  /** Why the stream cannot tell everything, where it cannot. */
  readonly sweepReasons = new Set<string>();
  readonly #activity: Activity = { pending: 0 };
  readonly #producers = new Map<string, Producer>();
  /** How often each producer was started. */
  readonly #generations = new Map<string, number>();
  readonly #random: Random;

  constructor(plan: Plan, keepsHistory: boolean) {
    const { seed, setting } = plan;
    this.plan = plan;
    this.history = new History(this.timeline, keepsHistory);
    this.watch = new Watch(this.history);
    this.#random = new Random(seed, "world");
    this.regions = REGION_NAMES.slice(0, setting.regions).map(
      (name) => new Region(name, this.timeline, this.watch, setting),
    );
    const items = this.#firstItems();
    for (const region of this.regions) region.createTable(this.tableName, items);
    this.replication = new Replication(this.regions, this.timeline, seed);
    this.maintainers = this.regions.map((region) =>
      Array.from(
        { length: setting.maintainers },
        (_, i) => new Maintainer(this, region, `${region.name}.maintainer${i + 1}`),
      ),
    );
    if (setting.isRestored) this.needsSweep("the table was restored");
  }

  /** Whether nobody but the mappings has anything left to do. */
  get isQuiet(): boolean {
    const isUnderWay = this.regions.some(({ requestsUnderWay }) => requestsUnderWay > 0);
    return this.#activity.pending === 0 && !isUnderWay && this.replication.isDone;
  }

  /** Starts a process. One that is endless is not waited for. */
  process(role: Role, name: string, endless?: "endless"): Process {
    const activity = endless ? { pending: 0 } : this.#activity;
    return new Process(this.timeline, activity, this.plan.seed, role, name);
  }

  /** Starts a process with a client of one Region. */
  client(role: Role, region: number, name: string): { process: Process; client: SimulatedClient } {
    const process = this.process(role, name);
    return { process, client: connect(process, this.region(region), this.timeline) };
  }

  /** One of a Region's producers, started if need be. */
  producer(region: number, index: number): Producer {
    const key = `${region} ${index}`;
    const known = this.#producers.get(key);
    if (known !== undefined) return known;
    const generation = (this.#generations.get(key) ?? 0) + 1;
    this.#generations.set(key, generation);
    const name = `${this.region(region).name}.producer${index + 1}${generation === 1 ? "" : `.${generation}`}`;
    const { process, client } = this.client("library", region, name);
    const registries = new Map<string | undefined, ResourceRegistry>();
    const registryOf = (namespace: string | undefined): ResourceRegistry => {
      const { tableName } = this;
      const timing = withTiming({ clock: process.clock, random: process.random.next });
      const registry = registries.get(namespace) ?? new ResourceRegistry({ tableName, namespace, client, ...timing });
      registries.set(namespace, registry);
      return registry;
    };
    const producer = { process, registryOf };
    this.#producers.set(key, producer);
    return producer;
  }

  /** Kills a producer; the next call starts another. */
  crashProducer(region: number, index: number): void {
    const producer = this.#producers.get(`${region} ${index}`);
    this.history.add(() => `${producer?.process.name ?? "No producer"} is killed`);
    producer?.process.kill();
    this.#producers.delete(`${region} ${index}`);
  }

  /** A Region by its number. In a plan that was shrunk to fewer, the numbers begin again. */
  region(index: number): Region {
    return at(this.regions, index);
  }

  maintainer(region: number, index: number): Maintainer {
    return at(at(this.maintainers, region), index);
  }

  /** Lets time pass for whoever is no process. */
  wait(ms: number): Promise<void> {
    return this.process("foreign", "time").clock.sleep(ms);
  }

  /** The stream alone cannot bring the registry in step any more. */
  needsSweep(reason: string): void {
    if (!this.sweepReasons.has(reason)) this.history.add(() => `A sweep is needed: ${reason}`);
    this.sweepReasons.add(reason);
  }

  #firstItems() {
    const { namespaces, names, freeBytes, isRestored } = this.plan.setting;
    return namespaces.flatMap((namespace) => {
      const listed = freeBytes === undefined ? [] : fillers(namespace, freeBytes);
      const [withDefault, registered] = isRestored ? [this.#random.some(names), this.#random.some(names)] : [[], []];
      const registry = [...listed, ...registered];
      return [
        ...(registry.length > 0 || this.#random.chance(0.5) ? [registryItem(namespace, registry)] : []),
        ...[...listed, ...withDefault].map((name) => defaultItem(namespace, name)),
      ];
    });
  }
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new RangeError("There is nothing in the list");
  return found;
}

/** Names that leave this much room in a registry. */
function fillers(namespace: string | undefined, freeBytes: number): string[] {
  const empty = itemSizeBytes(registryItem(namespace, ["x"])) - 1;
  const left = MAX_ITEM_BYTES - empty - freeBytes;
  const names = Array.from({ length: Math.floor(left / FILLER_BYTES) }, (_, i) => `f${i}-`.padEnd(FILLER_BYTES, "x"));
  return [...names, "g".padEnd(left % FILLER_BYTES, "x")];
}
