import { type BatchGetItemCommand, DynamoDBServiceException } from "@aws-sdk/client-dynamodb";
import type { SdkCommand } from "@rollcall/memory-dynamodb";
import type { Process } from "../timeline/process.ts";
import type { Timeline } from "../timeline/timeline.ts";
import type { Region } from "../world/region.ts";
import type { Fate } from "./fate.ts";
import { throttled, unreadable } from "./refusals.ts";

/** What a request was answered: one of the two. */
export interface Answer {
  readonly output?: object;
  readonly error?: Error;
}

/** Carries a request out where it has arrived. A transaction holds its items for a while. */
export function carryOut(
  process: Process,
  region: Region,
  timeline: Timeline,
  command: SdkCommand,
  fate: Fate,
  reply: (answer: Answer) => void,
): void {
  try {
    if (fate.isThrottled) throw throttled(command);
    if (region.cannotRead(command)) throw unreadable();
    if (command.constructor.name !== "TransactWriteItemsCommand") {
      reply(answerOf(process, region, command, fate));
      return;
    }
    const transaction = region.database.begin(command);
    timeline.after(fate.holdsMs, () => {
      reply({ output: region.as(process, command, () => transaction.commit()) });
    });
  } catch (error) {
    if (!(error instanceof DynamoDBServiceException)) throw error;
    region.watch.rules.passes.refused(process, command, error, region.table);
    reply({ error });
  }
}

function answerOf(process: Process, region: Region, command: SdkCommand, fate: Fate): Answer {
  const { watch, database } = region;
  const request = fate.leavesKeys ? withoutSomeKeys(command) : { command };
  if (request.unprocessed !== undefined) watch.rules.costs.excuse(process);
  const asked = watch.rules.passes.isMetered(process) ? metered(request.command) : request.command;
  const output = region.as(process, command, () => database.execute(asked, { lag: fate.lag }));
  watch.rules.passes.answered(process, command, output, region.table);
  return { output: request.unprocessed ? { ...output, UnprocessedKeys: request.unprocessed } : output };
}

/** The same request, which also tells what it cost. */
function metered(command: SdkCommand): SdkCommand {
  return withInput(command, { ReturnConsumedCapacity: "TOTAL", ...command.input });
}

/** BatchGetItem may leave keys for another time. */
function withoutSomeKeys(command: SdkCommand): { command: SdkCommand; unprocessed?: object } {
  if (command.constructor.name !== "BatchGetItemCommand") return { command };
  const { RequestItems = {} } = (command as BatchGetItemCommand).input;
  const [[table, request] = []] = Object.entries(RequestItems);
  if (table === undefined || request?.Keys === undefined || request.Keys.length < 2) return { command };
  const middle = Math.ceil(request.Keys.length / 2);
  const input = { RequestItems: { [table]: { ...request, Keys: request.Keys.slice(0, middle) } } };
  const unprocessed = { [table]: { ...request, Keys: request.Keys.slice(middle) } };
  return { command: withInput(command, input), unprocessed };
}

function withInput(command: SdkCommand, input: object): SdkCommand {
  return { constructor: command.constructor, input } as SdkCommand;
}
