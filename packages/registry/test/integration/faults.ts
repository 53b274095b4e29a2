import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";

/** What may happen to one try of a request: nothing, an error instead of it, or an error after it took effect. */
export type Fault = { kind: "none" } | { kind: "instead"; error: Error } | { kind: "after"; error: Error };

/** Injects faults into a client's tries, below the SDK's own retries. `choose` is asked once a try. */
export function injectFaults(
  client: DynamoDBClient,
  choose: (command: string | undefined, input: object) => Fault,
): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const fault = choose(context.commandName, args.input);
      if (fault.kind === "instead") throw fault.error;
      const answer = await next(args);
      if (fault.kind === "after") throw fault.error;
      return answer;
    },
    { step: "finalizeRequest", priority: "low", name: "faults" },
  );
}
