import type { Clock, SourceShard, StreamSource } from "@rollcall/local";

/** What a shard is called before it has left the stream, in front of its own name. */
const LEFT = "left-";

/** A stream of an engine, with the faults that the engine itself cannot have. */
export class FaultyStream implements Required<StreamSource> {
  readonly #source: Required<StreamSource>;
  readonly #clock: Clock & { monotonicNow(): number };
  #shards: "whole" | "left" = "whole";
  #trimmedUpTo: bigint | undefined;
  #downUntil = 0;

  constructor(source: Required<StreamSource>, clock: Clock & { monotonicNow(): number }) {
    this.#source = source;
    this.#clock = clock;
  }

  /** The shards read so far leave the stream with all records up to a number; what follows is in their children. */
  trim(upTo: string): void {
    this.#shards = "left";
    this.#trimmedUpTo = BigInt(upTo);
  }

  /** Shards have their own names from here on, as if none had ever left: the next stream is another one. */
  forgetTrimming(): void {
    this.#trimmedUpTo = undefined;
  }

  /** Cuts the network for so many milliseconds. */
  cutFor(ms: number): void {
    this.#downUntil = this.#clock.monotonicNow() + ms;
  }

  async describeStream(...args: Parameters<StreamSource["describeStream"]>) {
    this.#demandNetwork();
    const { StreamDescription } = await this.#source.describeStream(...args);
    const rename = (shard: SourceShard): SourceShard =>
      this.#shards === "whole"
        ? { ...shard, ShardId: LEFT + shard.ShardId }
        : { ...shard, ParentShardId: LEFT + shard.ShardId };
    return { StreamDescription: { ...StreamDescription, Shards: StreamDescription?.Shards?.map(rename) } };
  }

  async getShardIterator(...[input, options]: Parameters<StreamSource["getShardIterator"]>) {
    this.#demandNetwork();
    const { ShardId } = input;
    if (!ShardId.startsWith(LEFT)) return await this.#source.getShardIterator(input, options);
    if (this.#shards === "whole") {
      return await this.#source.getShardIterator({ ...input, ShardId: ShardId.slice(LEFT.length) }, options);
    }
    throw Object.assign(new Error("Invalid ShardId in ShardIterator"), { name: "ValidationException" });
  }

  async getRecords(...args: Parameters<StreamSource["getRecords"]>) {
    this.#demandNetwork();
    const answer = await this.#source.getRecords(...args);
    const trimmedUpTo = this.#trimmedUpTo;
    if (trimmedUpTo === undefined) return answer;
    const Records = answer.Records?.filter(({ dynamodb }) => BigInt(dynamodb?.SequenceNumber ?? 0) > trimmedUpTo);
    return { ...answer, Records };
  }

  async listStreams(...args: Parameters<Required<StreamSource>["listStreams"]>) {
    this.#demandNetwork();
    return await this.#source.listStreams(...args);
  }

  #demandNetwork(): void {
    if (this.#clock.monotonicNow() >= this.#downUntil) return;
    throw Object.assign(new Error("connect ENETUNREACH"), { code: "ENETUNREACH" });
  }
}
