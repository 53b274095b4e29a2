import type {
  AttributeValue,
  DynamoDBClient,
  PutItemCommandInput,
  TransactWriteItem,
  TransactWriteItemsCommandInput,
} from "@aws-sdk/client-dynamodb";
import { cancelled, conditionFailed, conflict } from "@rollcall/testing/dynamodb/service-errors";

/** What befalls a request instead of, or after, taking effect. */
export type Fault =
  | "none"
  | "set-conflict"
  | "set-throttled"
  | { conflictOf: number }
  | "answer-lost"
  | "plain-conflict";

/**
 * A table in memory that takes just the requests the library's writes consist of, so that tests can choose the order
 * in which concurrent requests take effect. What DynamoDB really does with them is for the integration tests.
 */
export class TableModel {
  readonly defaults = new Map<string, Record<string, AttributeValue>>();
  registry: Set<string> | undefined;
  readonly transactions: TransactWriteItemsCommandInput[] = [];
  /** For every default, the writes that took effect on it, in order. */
  readonly history = new Map<string, string[]>();
  /** Names whose own item DynamoDB refuses to write. */
  readonly poisoned = new Set<string>();
  /** Names whose own item another writer's transaction holds. */
  readonly busy = new Set<string>();
  readonly #committed = new Set<string>();

  /** Applies one request, as a client's `send` does. `deliver` runs when it reaches the table and when it answers. */
  client(deliver: () => Promise<unknown>, nextFault: () => Fault): Pick<DynamoDBClient, "send"> {
    const send = async (command: { input: PutItemCommandInput | TransactWriteItemsCommandInput }): Promise<unknown> => {
      await deliver();
      const fault = nextFault();
      if ("TransactItems" in command.input) this.#transact(command.input, fault);
      else this.#put(command.input as PutItemCommandInput, fault);
      await deliver();
      if (fault === "answer-lost") throw Object.assign(new Error("socket hang up"), { name: "TimeoutError" });
      return {};
    };
    return { send: send as DynamoDBClient["send"] };
  }

  /** True if the registry names exactly the defaults there are. */
  isTrue(): boolean {
    const names = this.registry ?? new Set();
    return names.size === this.defaults.size && [...this.defaults.keys()].every((name) => names.has(name));
  }

  #transact(input: TransactWriteItemsCommandInput, fault: Fault): void {
    this.transactions.push(input);
    const token = input.ClientRequestToken ?? "";
    if (this.#committed.has(token)) return;
    const actions = input.TransactItems ?? [];
    const reasons = actions.map((action) => this.#refusal(action));
    const last = actions.length - 1;
    if (fault === "set-conflict") reasons[last] = "TransactionConflict";
    if (fault === "set-throttled") reasons[last] = "ThrottlingError";
    if (typeof fault === "object") reasons[fault.conflictOf % last] = "TransactionConflict";
    if (reasons.some((reason) => reason !== "None")) throw cancelled(...reasons);
    this.#committed.add(token);
    for (const action of actions) this.#apply(action);
  }

  #refusal(action: TransactWriteItem): string {
    if (action.Put && this.poisoned.has(nameOf(action.Put.Item))) return "ValidationError";
    if (action.Put && this.busy.has(nameOf(action.Put.Item))) return "TransactionConflict";
    const mustExist = action.Update?.ConditionExpression !== undefined;
    const mustNotExist = action.ConditionCheck !== undefined;
    const exists = this.registry !== undefined;
    return (mustExist && !exists) || (mustNotExist && exists) ? "ConditionalCheckFailed" : "None";
  }

  #apply({ Put, Delete, Update }: TransactWriteItem): void {
    if (Put) this.#store(nameOf(Put.Item), Put.Item);
    if (Delete) this.#store(nameOf(Delete.Key), undefined);
    if (!Update) return;
    const members = Update.ExpressionAttributeValues?.[":members"]?.SS ?? [];
    this.registry ??= new Set();
    for (const member of members) {
      if (Update.UpdateExpression?.includes("ADD")) this.registry.add(member);
      else this.registry.delete(member);
    }
  }

  #put(input: PutItemCommandInput, fault: Fault): void {
    if (fault === "plain-conflict") throw conflict();
    const name = nameOf(input.Item);
    if (!this.defaults.has(name)) throw conditionFailed();
    this.#store(name, input.Item);
  }

  #store(name: string, item: Record<string, AttributeValue> | undefined): void {
    if (item === undefined) this.defaults.delete(name);
    else this.defaults.set(name, item);
    const history = this.history.get(name) ?? [];
    history.push(item?.l_rpm_cp?.N ?? "deleted");
    this.history.set(name, history);
  }
}

function nameOf(item: Record<string, AttributeValue> | undefined): string {
  return item?.PK?.S?.replace("RESOURCE#", "") ?? "";
}
