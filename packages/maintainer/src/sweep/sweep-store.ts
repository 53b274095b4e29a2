import { randomUUID } from "node:crypto";
import { type AttributeValue, PutItemCommand, type PutItemCommandInput } from "@aws-sdk/client-dynamodb";
import type { SWEEP_ATTRIBUTES } from "@rollcall/registry/internal";
import { isConditionFailure, itemSizeBytes, MAX_ITEM_BYTES } from "@rollcall/registry/protocol";
import { resources } from "@rollcall/registry/resources";
import { claim } from "../claim.ts";
import { MAX_DUE_BYTES, MAX_SUSPECT_BYTES } from "../pass/pass.ts";
import type { MaintainerLogger } from "../telemetry.ts";
import { parseSweepState, readSweepItem, type SweepState, type SweepTable, sweepStateKey } from "./sweep-state.ts";

/** The most that the state's item may have in bytes, well below DynamoDB's limit; a larger one is not written. */
export const MAX_STATE_BYTES = 300 * 1024;
/** Bytes of it that names without room may take; those that do not fit are left to the next sweep. */
export const MAX_REFUSED_BYTES = 40 * 1024;
/** What is left for the positions of segments: 32 of the longest keys there are, 2 KB and 1 KB. */
const POSITION_BYTES = 32 * (2_048 + 1_024 + 128);

claim(
  MAX_SUSPECT_BYTES + MAX_DUE_BYTES + MAX_REFUSED_BYTES + POSITION_BYTES < MAX_STATE_BYTES,
  "all that a sweep's cursor may hold fits into its state",
);
claim(MAX_STATE_BYTES < MAX_ITEM_BYTES, "a sweep's state fits into an item");

/** What a write of the state came to: `overtaken` when another sweep was faster, `too-large` when nothing was sent. */
type WriteOutcome = "written" | "overtaken" | "too-large";

/** The state of sweeps, as one invocation reads and replaces it. */
export class SweepStore {
  readonly #table: SweepTable;
  readonly #logger: Pick<MaintainerLogger, "warn">;
  /** Tells this invocation's writes from any other's. */
  readonly #writer = randomUUID();
  #version = 0;
  /** The version exactly as it stands in the item: where it is no version of ours, it is replaced all the same. */
  #versionFound: AttributeValue | undefined;

  constructor(table: SweepTable, logger: Pick<MaintainerLogger, "warn">) {
    this.#table = table;
    this.#logger = logger;
  }

  /** Reads the state. What is no state of a sweep counts as none and is said in one line. */
  async read(signal: AbortSignal): Promise<SweepState> {
    const item = await readSweepItem(this.#table, signal);
    const { state, problems } = parseSweepState(item);
    this.#adopt(state.version, item === undefined ? { N: "0" } : item.version);
    if (problems.length > 0) {
      this.#logger.warn("The state that sweeps left is not one of theirs: it counts as none, and is replaced", {
        problems,
      });
    }
    return state;
  }

  /** Replaces the state that was last read or written by this store. */
  async write(state: Omit<SweepState, "version">, signal: AbortSignal): Promise<WriteOutcome> {
    const text = JSON.stringify(state);
    for (let attempt = 0; attempt < 2; attempt++) {
      const version = this.#version + 1;
      const input = this.#putInput(version, text);
      if (itemSizeBytes(input.Item ?? {}) > MAX_STATE_BYTES) return "too-large";
      try {
        await this.#table.client.send(new PutItemCommand(input), { abortSignal: signal });
        this.#adopt(version, { N: String(version) });
        return "written";
      } catch (error) {
        if (!isConditionFailure(error)) throw error;
      }
      // The SDK sends a request again whose answer was lost: then it is this write, or one before it, that refuses it.
      const item = await readSweepItem(this.#table, signal);
      if (item?.writer?.S !== this.#writer) return "overtaken";
      const isThis = item.version?.N === String(version) && item.state?.S === text;
      this.#adopt(parseSweepState(item).state.version, item.version);
      if (isThis) return "written";
    }
    return "overtaken";
  }

  #adopt(version: number, found: AttributeValue | undefined): void {
    this.#version = version;
    this.#versionFound = found;
  }

  #putInput(version: number, text: string): PutItemCommandInput {
    const { tableName, key = resources.key } = this.#table;
    const attributes: Record<(typeof SWEEP_ATTRIBUTES)[number], AttributeValue> = {
      version: { N: String(version) },
      writer: { S: this.#writer },
      state: { S: text },
    };
    const isAsFound = this.#versionFound ? "#version = :before" : "attribute_not_exists(#version)";
    return {
      TableName: tableName,
      Item: { ...sweepStateKey(key), ...attributes },
      ConditionExpression: `attribute_not_exists(#sk) OR ${isAsFound}`,
      ExpressionAttributeNames: { "#sk": key.sort ?? key.partition, "#version": "version" },
      ...(this.#versionFound && { ExpressionAttributeValues: { ":before": this.#versionFound } }),
    };
  }
}
