import type { ItemChange } from "@rollcall/memory-dynamodb";
import type { KeyLike } from "@rollcall/registry/schema";
import type { AttributeValue, DynamoDBRecord } from "aws-lambda";
import { canonicalText } from "./canonical.ts";
import { type Listing, membersIn } from "./listing.ts";

/** A record of the stream, the same object for the same change of an item. */
export interface StreamRecord {
  readonly id: number;
  /** Which item it is of: records of one item keep their order. */
  readonly item: number;
  /** As Lambda hands it over, but for its sequence number: that it gets in its batch. */
  readonly lambda: DynamoDBRecord;
}

/** All records that there ever were. */
export class StreamRecords {
  readonly #records = new Map<string, StreamRecord>();
  readonly #items = new Map<string, number>();

  intern({ key, before, after, byTtl }: ItemChange): StreamRecord {
    const text = canonicalText({ key, before, after, byTtl });
    const known = this.#records.get(text);
    if (known !== undefined) return known;
    const item = this.#items.get(canonicalText(key)) ?? this.#items.size;
    this.#items.set(canonicalText(key), item);
    const record: StreamRecord = {
      id: this.#records.size,
      item,
      lambda: {
        eventID: String(this.#records.size),
        eventName: before === undefined ? "INSERT" : after === undefined ? "REMOVE" : "MODIFY",
        eventVersion: "1.1",
        eventSource: "aws:dynamodb",
        awsRegion: "eu-west-1",
        dynamodb: {
          ApproximateCreationDateTime: 0,
          Keys: key,
          ...(after && { NewImage: after }),
          ...(before && { OldImage: before }),
          StreamViewType: "NEW_AND_OLD_IMAGES",
        },
        ...(byTtl && { userIdentity: { type: "Service", principalId: "dynamodb.amazonaws.com" } }),
      } as DynamoDBRecord,
    };
    this.#records.set(text, record);
    return record;
  }
}

/** A record in words. */
export function wordsOf(listing: Listing, { lambda: { eventName, dynamodb } }: StreamRecord): string {
  const item = membersIn(listing, (dynamodb?.Keys ?? {}) as KeyLike)[0]?.name ?? "registry";
  const names = (image: Record<string, AttributeValue> | undefined): string =>
    `{${
      Object.values(image ?? {})
        .find(({ SS }) => SS !== undefined)
        ?.SS?.join() ?? ""
    }}`;
  const change = item === "registry" ? ` ${names(dynamodb?.OldImage)} -> ${names(dynamodb?.NewImage)}` : "";
  return `${eventName} ${item}${change}`;
}

/** Whether a record passes the mapping's filters, which here are lists of values, or of how they begin or end, at the ends of plain objects. */
export function passesFilters(record: DynamoDBRecord, filters: readonly { pattern: string }[]): boolean {
  return filters.some(({ pattern }) => matches(record, JSON.parse(pattern)));
}

function matches(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern)) return pattern.some((rule) => fits(value, rule));
  return Object.entries(pattern as object).every(([name, rule]) =>
    matches((value as Record<string, unknown> | undefined)?.[name], rule),
  );
}

function fits(value: unknown, rule: string | { readonly prefix?: string; readonly suffix?: string }): boolean {
  if (typeof rule === "string") return value === rule;
  const { prefix = "", suffix = "" } = rule;
  return typeof value === "string" && value.startsWith(prefix) && value.endsWith(suffix);
}
