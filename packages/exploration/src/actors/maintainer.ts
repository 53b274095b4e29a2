import { createStreamHandler, streamEventSource } from "@rollcall/maintainer";
import { withTiming } from "@rollcall/registry/internal";
import { SILENT } from "@rollcall/testing/rollcall/silent-telemetry";
import type { Context, DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import { type Listing, RESOURCES } from "../storage/listing.ts";
import { TABLE_NAME } from "../storage/storage.ts";
import { passesFilters, type StreamRecord } from "../storage/stream-record.ts";
import type { Actor, Stage } from "./actor.ts";

/** A consumer of the stream: a handler, and the filters of its mapping. */
export interface Maintainer {
  readonly name: string;
  readonly filters: readonly { readonly pattern: string }[];
  createHandler(
    stage: Stage,
  ): (event: DynamoDBStreamEvent, context: Pick<Context, "getRemainingTimeInMillis">) => Promise<DynamoDBBatchResponse>;
}

/** The real one, for what a table lists. */
export function maintainerOf({ definitions: registries }: Listing): Maintainer {
  return {
    name: "the maintainer",
    filters: streamEventSource(registries).filterCriteria.filters,
    createHandler: ({ client, clock }) => {
      const timing = withTiming({ clock, random: () => 0 });
      return createStreamHandler({ tableName: TABLE_NAME, registries, client, ...timing, ...SILENT });
    },
  };
}

/** The real one, for `resources`. */
export const MAINTAINER = maintainerOf(RESOURCES);

/** One invocation with one batch. Its result is the position of the first record that is to be retried. */
export interface InvocationActor extends Actor {
  readonly batch: readonly StreamRecord[];
}

/** A maintainer's invocations, the same object for the same batch, and the records that it is invoked with at all. */
export class Invocations {
  readonly #maintainer: Maintainer;
  readonly #invocations = new Map<string, InvocationActor>();
  readonly #passed = new Map<StreamRecord, boolean>();

  constructor(maintainer: Maintainer) {
    this.#maintainer = maintainer;
  }

  passes(record: StreamRecord): boolean {
    const known = this.#passed.get(record);
    if (known !== undefined) return known;
    const passes = passesFilters(record.lambda, this.#maintainer.filters);
    this.#passed.set(record, passes);
    return passes;
  }

  of(batch: readonly StreamRecord[]): InvocationActor {
    const key = batch.map(({ id }) => id).join();
    const known = this.#invocations.get(key);
    if (known !== undefined) return known;
    const invocation = this.#create(batch);
    this.#invocations.set(key, invocation);
    return invocation;
  }

  #create(batch: readonly StreamRecord[]): InvocationActor {
    const Records = batch.map(({ lambda }, position) => ({
      ...lambda,
      dynamodb: { ...lambda.dynamodb, SequenceNumber: String(position) },
    }));
    return {
      name: this.#maintainer.name,
      mayIntroduceDrift: false,
      batch,
      run: async (stage) => {
        const handler = this.#maintainer.createHandler(stage);
        const { batchItemFailures } = await handler({ Records }, { getRemainingTimeInMillis: () => 60_000 });
        const failed = batchItemFailures.map(({ itemIdentifier }) => Number(itemIdentifier));
        return Math.min(batch.length, ...failed);
      },
    };
  }
}
