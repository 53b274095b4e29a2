import type { GetItemCommandInput, TransactWriteItemsCommandInput } from "@aws-sdk/client-dynamodb";
import { VirtualClock } from "@rollcall/testing/dynamodb/virtual-clock";
import { GroupCommit } from "../../../src/protocol/group-commit.ts";
import type { MemberWrite } from "../../../src/protocol/member-set.ts";
import { defaultItem, registrySet } from "../../../src/resources/requests.ts";
import { resourceKey } from "../../../src/resources/schema.ts";

const location = { tableName: "limits", namespace: undefined };
export const set = registrySet(location);
export const put = (name: string): MemberWrite => ({
  member: name,
  change: "add",
  actions: [{ Put: { TableName: "limits", Item: defaultItem(undefined, name, []) } }],
});
export const remove = (name: string): MemberWrite => ({
  member: name,
  change: "remove",
  actions: [{ Delete: { TableName: "limits", Key: resourceKey(name) } }],
});
export const reason = new Error("no longer wanted");

type Input = TransactWriteItemsCommandInput & GetItemCommandInput;
type Answer = Error | object | ((input: Input) => Promise<object>);

/** Commits on a client that gives these answers, one after the other, and then nothing but success. */
export function commitsOn(
  answers: readonly Answer[],
  {
    clock = new VirtualClock(),
    contentionTimeoutMs = 1_000,
  }: { clock?: VirtualClock; contentionTimeoutMs?: number } = {},
) {
  const inputs: Input[] = [];
  const signals: (AbortSignal | undefined)[] = [];
  const rest = [...answers];
  const send = async ({ input }: { input: Input }, options: { abortSignal?: AbortSignal }): Promise<object> => {
    inputs.push(input);
    signals.push(options.abortSignal);
    const answer = rest.shift() ?? {};
    if (answer instanceof Error) throw answer;
    return typeof answer === "function" ? answer(input) : answer;
  };
  const commits = new GroupCommit({ send: send as never }, set, { clock, random: () => 1, contentionTimeoutMs });
  const submit = (writes: readonly MemberWrite[], signal?: AbortSignal) =>
    Promise.allSettled(writes.map((write) => commits.submit(write, signal)));
  return { commits, submit, inputs, signals, clock };
}
