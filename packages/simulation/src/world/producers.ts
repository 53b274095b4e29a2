import { Registry, type RegistryDefinition, ResourceRegistry } from "@rollcall/registry";
import { withTiming } from "@rollcall/registry/internal";
import type { Layout } from "../layout/layout.ts";
import type { Process } from "../timeline/process.ts";
import type { Processes } from "./processes.ts";
import { type Region, TABLE_NAME } from "./region.ts";

/** The library's object for one registry. */
type LibraryRegistry = Registry | ResourceRegistry;

/** A process that uses the library, with one object a registry. */
export interface Producer {
  readonly process: Process;
  readonly registryOf: (definition: RegistryDefinition, scope: string | undefined) => LibraryRegistry;
}

/** The producers of all Regions. Each is started by its first call, and again by the first after it was killed. */
export class Producers {
  readonly #processes: Processes;
  readonly #layout: Layout;
  readonly #running = new Map<string, Producer>();
  /** How often each was started. */
  readonly #starts = new Map<string, number>();

  constructor(processes: Processes, layout: Layout) {
    this.#processes = processes;
    this.#layout = layout;
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
    const { isFacade } = this.#layout;
    const registries = new Map<string, LibraryRegistry>();
    const registryOf = (definition: RegistryDefinition, scope: string | undefined): LibraryRegistry => {
      const place = JSON.stringify([definition.name, scope]);
      const known = registries.get(place);
      if (known !== undefined) return known;
      const where = { tableName: TABLE_NAME, client, ...timing };
      const registry = isFacade
        ? new ResourceRegistry({ ...where, namespace: scope })
        : new Registry({ ...where, definition, scope });
      registries.set(place, registry);
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
