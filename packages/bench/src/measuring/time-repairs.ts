import { DescribeTableCommand } from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { type StreamHandler, startEventSourceMapping } from "@rollcall/local";
import { createStreamHandler, streamEventSource } from "@rollcall/maintainer";
import { ForeignWriter } from "@rollcall/maintainer/drifts";
import { SILENT } from "@rollcall/testing/rollcall/silent-telemetry";
import { recordConsumer } from "../alternatives/record-consumer.ts";
import type { Bench, Row } from "../bench.ts";
import { NAMESPACE, namesOf, putRegistry } from "../tables/items.ts";
import { interleave } from "./interleave.ts";
import type { Lab } from "./lab.ts";
import { NOTHING_COUNTED } from "./measurement.ts";

const ROUNDS = 10;

/** As deployed; and without the wait for a batch to fill, to see what is left. */
const WINDOWS_SECONDS = [streamEventSource().maximumBatchingWindowInSeconds, 0];

/** A table whose stream is being looked after, and when its repairs come. */
interface Watched extends AsyncDisposable {
  /** Puts a default without the registry, and waits until it is listed. */
  putAndWait(name: string): Promise<void>;
}

type Way = "Rollcall" | "record by record";

/** Times from a foreign put to its repair, through the event source mapping. */
export async function* timeRepairs(bench: Bench): AsyncGenerator<Row> {
  for (const window of WINDOWS_SECONDS) {
    await using lab = await bench.openLab();
    await using ours = await watch(lab, "Rollcall", window);
    await using theirs = await watch(lab, "record by record", window);
    const names = namesOf("stray-", ROUNDS + 1);
    const ways = { Rollcall: ours, "record by record": theirs } satisfies Record<Way, Watched>;
    const times = await interleave(
      Object.entries(ways).map(([way, watched]) => ({
        way,
        run: (round: number) => watched.putAndWait(names[round] ?? ""),
      })),
      { rounds: ROUNDS, clock: bench.clock },
    );
    const setting = { windowSeconds: window };
    for (const [way, timing] of times) yield { table: "repair time", setting, way, ...NOTHING_COUNTED, ...timing };
  }
}

async function watch(lab: Lab, way: Way, maximumBatchingWindowInSeconds: number): Promise<Watched> {
  const tableName = await lab.createTable({ stream: true });
  await putRegistry(lab.client, tableName, namesOf("model-", 100));
  const { Table } = await lab.client.send(new DescribeTableCommand({ TableName: tableName }));
  const streams = new DynamoDBStreams(lab.engine.clientConfig);
  const waiting = new Map<string, () => void>();
  const mapping = await startEventSourceMapping({
    ...streamEventSource(),
    maximumBatchingWindowInSeconds,
    streams,
    streamArn: Table?.LatestStreamArn ?? "",
    functionTimeoutSeconds: 30,
    handler: handlerOf(way, lab, tableName, (name) => waiting.get(name)?.()),
  });
  const writer = new ForeignWriter(lab.client, tableName, NAMESPACE);
  return {
    async putAndWait(name) {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(name, resolve);
      await writer.putItem(name);
      await promise;
    },
    async [Symbol.asyncDispose]() {
      await mapping.stop();
      streams.destroy();
    },
  };
}

function handlerOf(way: Way, lab: Lab, tableName: string, onRepaired: (name: string) => void): StreamHandler {
  const { client } = lab;
  if (way === "record by record") {
    const consume = recordConsumer({ client, tableName }, onRepaired);
    return (event) => consume(event as Parameters<typeof consume>[0]);
  }
  const handler = createStreamHandler({
    tableName,
    client,
    ...SILENT,
    onEvent: (event) => {
      if (event.kind === "reconciled") event.findings.added.forEach(onRepaired);
    },
  });
  return (event, context) => handler(event as Parameters<typeof handler>[0], context);
}
