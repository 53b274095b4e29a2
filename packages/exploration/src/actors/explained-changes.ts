import { createHash } from "node:crypto";
import type { TransactWriteItem, TransactWriteItemsCommandInput } from "@aws-sdk/client-dynamodb";
import { CHANGE_ATTRIBUTE } from "@rollcall/registry/internal";
import { parseRegistryKey, REGISTRY_ATTRIBUTE } from "@rollcall/registry/schema";
import type { AttributeValue, DynamoDBRecord } from "aws-lambda";
import type { Actor } from "./actor.ts";
import { MAINTAINER, type Maintainer } from "./maintainer.ts";

/*
 * A protocol that looks right and is not: the library's transactions write into the registry which change they make, and
 * the maintainer does not look at names whose change is explained so. It is kept to show what breaks it.
 */

type Image = Record<string, AttributeValue>;
type Direction = "ADD" | "DELETE";

/** The attribute of the change before, for a form of the protocol that asks for it. */
const FOLLOWS_ATTRIBUTE = "rollcall_follows";
const NOTHING = "-";

/** What a change has to show. */
export interface ChangeProof {
  /** Whether it tells additions from removals. */
  readonly hasDirection: boolean;
  /** Whether it names the change that it follows. */
  readonly isChained: boolean;
}

/** A hash of direction, names and a fresh token. */
export const BY_NAMES: ChangeProof = { hasDirection: true, isChained: false };
/** A planted fault: the direction left out. */
export const WITHOUT_DIRECTION: ChangeProof = { hasDirection: false, isChained: false };
/** Besides, the explanation before it must be the one that the old image has. */
export const CHAINED: ChangeProof = { hasDirection: true, isChained: true };

/**
 * The same actor, whose transactions explain what they do to the registry. A transaction that is resent with its token
 * has the same explanation.
 *
 * @param seat tells it from the other actors of a case: explanations are never made twice
 */
export function explaining(actor: Actor, seat: string, proof: ChangeProof): Actor {
  return {
    ...actor,
    name: `${actor.name}, explained`,
    run: ({ client, ...stage }) => {
      const tokens: string[] = [];
      const send = (command: { constructor: unknown; input: object }) => {
        const { TransactItems, ...rest } = command.input as Partial<TransactWriteItemsCommandInput>;
        if (TransactItems === undefined) return client.send(command as never);
        const token = rest.ClientRequestToken ?? "";
        if (!tokens.includes(token)) tokens.push(token);
        const nonce = `${seat}${tokens.indexOf(token)}`;
        const input = { ...rest, TransactItems: TransactItems.map((action) => explained(action, nonce, proof)) };
        return client.send({ constructor: command.constructor, input } as never);
      };
      return actor.run({ ...stage, client: { send } as never });
    },
  };
}

/** The real maintainer, which is not told of changes of the registry that explain themselves. */
export function skipsExplained(proof: ChangeProof): Maintainer {
  return {
    ...MAINTAINER,
    name: "one that skips explained changes",
    createHandler: (stage) => {
      const handler = MAINTAINER.createHandler(stage);
      return async ({ Records }, context) =>
        handler({ Records: Records.filter((record) => !isExplained(record, proof)) }, context);
    },
  };
}

function explained(action: TransactWriteItem, nonce: string, proof: ChangeProof): TransactWriteItem {
  const { Update } = action;
  const names = Update?.ExpressionAttributeValues?.[":members"]?.SS;
  const [, assignments, direction] = /^(?:SET (.*) )?(ADD|DELETE) #set/.exec(Update?.UpdateExpression ?? "") ?? [];
  if (Update === undefined || names === undefined || parseRegistryKey(Update.Key ?? {}) === undefined) return action;
  const proofs = ["#change = :change", ...(proof.isChained ? ["#follows = if_not_exists(#change, :nothing)"] : [])];
  const sets = [...proofs, ...(assignments === undefined ? [] : [assignments])].join(", ");
  return {
    Update: {
      ...Update,
      UpdateExpression: `SET ${sets} ${direction} #set :members`,
      ExpressionAttributeNames: {
        ...Update.ExpressionAttributeNames,
        "#change": CHANGE_ATTRIBUTE,
        ...(proof.isChained && { "#follows": FOLLOWS_ATTRIBUTE }),
      },
      ExpressionAttributeValues: {
        ...Update.ExpressionAttributeValues,
        ":change": { S: explanation(nonce, direction as Direction, names, proof) },
        ...(proof.isChained && { ":nothing": { S: NOTHING } }),
      },
    },
  };
}

/** At most 32 bytes: the token, and a hash of it with what changes. */
function explanation(nonce: string, direction: Direction, names: readonly string[], { hasDirection }: ChangeProof) {
  const told = [nonce, ...(hasDirection ? [direction] : []), ...names.toSorted()];
  return `${nonce}.${createHash("sha256").update(JSON.stringify(told)).digest("base64url").slice(0, 16)}`;
}

/** Whether the difference between a registry's images is what the newer one says, and says for the first time. */
function isExplained({ dynamodb }: DynamoDBRecord, proof: ChangeProof): boolean {
  if (parseRegistryKey((dynamodb?.Keys ?? {}) as Image) === undefined) return false;
  const [before, after] = [dynamodb?.OldImage ?? {}, dynamodb?.NewImage ?? {}];
  const change = textOf(after, CHANGE_ATTRIBUTE);
  if (change === undefined || change === textOf(before, CHANGE_ATTRIBUTE)) return false;
  if (proof.isChained && textOf(after, FOLLOWS_ATTRIBUTE) !== (textOf(before, CHANGE_ATTRIBUTE) ?? NOTHING))
    return false;
  const [old, now] = [new Set(before[REGISTRY_ATTRIBUTE]?.SS), new Set(after[REGISTRY_ATTRIBUTE]?.SS)];
  const [added, removed] = [[...now.difference(old)], [...old.difference(now)]];
  if (added.length > 0 && removed.length > 0) return false;
  const [direction, names] = removed.length > 0 ? (["DELETE", removed] as const) : (["ADD", added] as const);
  return explanation(change.slice(0, change.indexOf(".")), direction, names, proof) === change;
}

function textOf(item: Image, attribute: string): string | undefined {
  return item[attribute]?.S;
}
