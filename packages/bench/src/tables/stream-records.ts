import { registryKey, resourceKey } from "@rollcall/registry/schema";
import type { DynamoDBRecord, DynamoDBStreamEvent, AttributeValue as StreamValue } from "aws-lambda";
import { defaultItem, NAMESPACE, registryItem } from "./items.ts";

type Image = Record<string, StreamValue>;

const FIRST_SEQUENCE_NUMBER = 100_000_000_000_000_000_000n;

/** Makes the records of writes, as the stream would have them, with sequence numbers that go up. */
export class StreamRecords {
  readonly #records: DynamoDBRecord[] = [];

  /** What a put leaves that knows no registry: one record. */
  put(name: string): void {
    this.#add("INSERT", resourceKey(name, NAMESPACE), undefined, defaultItem(name) as Image);
  }

  /** What a set leaves: a record of the default, and one of the registry with both its images. */
  set(name: string, listed: readonly string[]): void {
    this.put(name);
    const [before, after] = [listed, [...listed, name]].map((names) => registryItem(names) as Image);
    this.#add("MODIFY", registryKey(NAMESPACE), before, after);
  }

  /** Everything so far, in batches as the mapping would deliver them. With two shards, the registry's are in the second. */
  batches(size: number, shards: 1 | 2 = 1): DynamoDBStreamEvent[] {
    const { defaults = [], registries = [] } = Object.groupBy(this.#records, ({ eventName }) =>
      eventName === "MODIFY" && shards === 2 ? "registries" : "defaults",
    );
    return [defaults, registries].flatMap((records) =>
      Array.from({ length: Math.ceil(records.length / size) }, (_, i) => ({
        Records: records.slice(i * size, (i + 1) * size),
      })),
    );
  }

  #add(
    eventName: "INSERT" | "MODIFY",
    Keys: ReturnType<typeof resourceKey>,
    OldImage: Image | undefined,
    NewImage: Image | undefined,
  ): void {
    const position = this.#records.length;
    this.#records.push({
      eventID: String(position),
      eventName,
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: "eu-west-1",
      dynamodb: {
        ApproximateCreationDateTime: 1_795_000_000,
        Keys,
        ...(OldImage && { OldImage }),
        ...(NewImage && { NewImage }),
        SequenceNumber: String(FIRST_SEQUENCE_NUMBER + BigInt(position)),
        SizeBytes: 200,
        StreamViewType: "NEW_AND_OLD_IMAGES",
      },
    });
  }
}
