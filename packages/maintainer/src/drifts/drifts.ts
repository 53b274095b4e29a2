import type { ForeignWriter } from "./foreign-writer.ts";

export { ForeignWriter } from "./foreign-writer.ts";

/** Names for a drift to play with. */
export interface DriftNames {
  /** Two names that have items and are listed. */
  readonly listed: readonly [string, string];
  /** Two names that are not in use. */
  readonly fresh: readonly [string, string];
}

/** A way in which registries become wrong in normal use. */
export interface DriftKind {
  /** Two or three words for a button. */
  readonly label: string;
  /** What happened, in a few words. */
  readonly name: string;
  /** Makes it happen, request by request, in the order that does the damage. */
  make(writer: ForeignWriter, names: DriftNames): Promise<void>;
}

/** Every way we know of, to try the maintainer with. */
export const drifts: readonly DriftKind[] = [
  {
    label: "Put, not listed",
    name: "an item put without the registry",
    make: (writer, { fresh: [name] }) => writer.putItem(name),
  },
  {
    label: "Delete, still listed",
    name: "an item deleted without the registry",
    make: (writer, { listed: [name] }) => writer.deleteItem(name),
  },
  {
    label: "Set, killed halfway",
    name: "a two-call set killed between its calls",
    async make(writer, { fresh: [whole, killed] }) {
      await writer.putItem(whole);
      await writer.register(whole);
      await writer.putItem(killed);
    },
  },
  {
    label: "Delete, killed halfway",
    name: "a two-call delete killed between its calls",
    async make(writer, { listed: [whole, killed] }) {
      await writer.deleteItem(whole);
      await writer.unregister(whole);
      await writer.deleteItem(killed);
    },
  },
  {
    label: "Late delete",
    name: "a delete that paused between its calls while another client set the name",
    async make(writer, { listed: [name] }) {
      await writer.deleteItem(name);
      await writer.putItem(name);
      await writer.register(name);
      await writer.unregister(name);
    },
  },
  {
    label: "Late set",
    name: "a set that paused between its calls while another client deleted the name",
    async make(writer, { fresh: [name] }) {
      await writer.putItem(name);
      await writer.deleteItem(name);
      await writer.unregister(name);
      await writer.register(name);
    },
  },
  {
    label: "Names added by hand",
    name: "names added to the registry by hand",
    make: (writer, { fresh }) => writer.register(...fresh),
  },
  {
    label: "Names removed by hand",
    name: "names removed from the registry by hand",
    make: (writer, { listed }) => writer.unregister(...listed),
  },
  {
    label: "Registry removed",
    name: "the registry item removed",
    make: (writer) => writer.removeRegistry(),
  },
  {
    label: "Registry emptied",
    name: "the registry emptied",
    make: (writer) => writer.emptyRegistry(),
  },
  {
    label: "Provisioner’s put",
    name: "a provisioner's put and delete, which know no registry",
    async make(writer, { fresh: [put], listed: [deleted] }) {
      await writer.provision(put);
      await writer.deleteItem(deleted);
    },
  },
  {
    label: "Other Region wins",
    name: "the registry replaced by another Region's, where the last writer wins",
    async make(writer, { listed, fresh: [here, there] }) {
      await writer.putItem(here);
      await writer.register(here);
      await writer.putItem(there);
      await writer.replaceRegistry(...listed, there);
    },
  },
];
