import { ResourceRegistry } from "@rollcall/registry";
import { withTiming } from "@rollcall/registry/internal";
import type { Process } from "../timeline/process.ts";
import type { Processes } from "./processes.ts";
import { type Region, TABLE_NAME } from "./region.ts";

/** A process that uses the library, with one registry object a namespace. */
export interface Producer {
  readonly process: Process;
  readonly registryOf: (namespace: string | undefined) => ResourceRegistry;
}

/** The producers of all Regions. Each is started by its first call, and again by the first after it was killed. */
export class Producers {
  readonly #processes: Processes;
  readonly #running = new Map<string, Producer>();
  /** How often each was started. */
  readonly #starts = new Map<string, number>();

  constructor(processes: Processes) {
    this.#processes = processes;
  }

  of(region: Region, index: number): Producer {
    const key = `${region.name}.producer${index + 1}`;
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const starts = (this.#starts.get(key) ?? 0) + 1;
    this.#starts.set(key, starts);
    const process = this.#processes.start("library", starts === 1 ? key : `${key}.${starts}`);
    const client = this.#processes.connect(process, region);
    const timing = withTiming({ clock: process.clock, random: process.random.next });
    const registries = new Map<string | undefined, ResourceRegistry>();
    const registryOf = (namespace: string | undefined): ResourceRegistry => {
      const known = registries.get(namespace);
      if (known !== undefined) return known;
      const registry = new ResourceRegistry({ tableName: TABLE_NAME, namespace, client, ...timing });
      registries.set(namespace, registry);
      return registry;
    };
    const producer = { process, registryOf };
    this.#running.set(key, producer);
    return producer;
  }

  /** Kills a producer. Returns its process, if one was running. */
  kill(region: Region, index: number): Process | undefined {
    const key = `${region.name}.producer${index + 1}`;
    const process = this.#running.get(key)?.process;
    process?.kill();
    this.#running.delete(key);
    return process;
  }
}
