import type { AttributeValue, TransactWriteItem } from "@aws-sdk/client-dynamodb";
import type { SdkCommand } from "@rollcall/memory-dynamodb";
import { canonicalText } from "./canonical.ts";
import { type Listing, membersIn, RESOURCES, registryIn } from "./listing.ts";

/** A request that some actor sends, the same object for the same request. */
export interface Request {
  readonly id: number;
  /** The operation, such as `GetItem`. */
  readonly name: string;
  /** Without the token that actors make up in every run. */
  readonly command: SdkCommand;
  /** The actor's how-manieth token it is, for a transaction. */
  readonly token: string | undefined;
  /** Names whose items it puts, updates or deletes. */
  readonly members: readonly string[];
  /** In a few words, for people. */
  readonly words: string;
}

/** What a write of one item looks like, alone or in a transaction. */
type Write = Record<string, unknown> & { Key?: Record<string, AttributeValue>; Item?: Record<string, AttributeValue> };

/** Deletes an item as time to live does: nothing that a client could send, but it happens at a moment of its own. */
export class ExpireCommand {
  readonly input: { TableName: string; Key: Record<string, AttributeValue> };

  constructor(input: ExpireCommand["input"]) {
    this.input = input;
  }
}

/** All requests that were ever sent. */
export class Requests {
  readonly #known = new Map<string, Request>();
  readonly #listing: Listing;

  constructor(listing: Listing = RESOURCES) {
    this.#listing = listing;
  }

  /** @param tokens those that the sender has used so far, in their order; a new one is added */
  intern(command: SdkCommand, tokens: string[]): Request {
    const { ClientRequestToken, ...input } = command.input as object & { ClientRequestToken?: string };
    if (ClientRequestToken !== undefined && !tokens.includes(ClientRequestToken)) tokens.push(ClientRequestToken);
    const token = ClientRequestToken === undefined ? undefined : `token-${tokens.indexOf(ClientRequestToken)}`;
    const name = command.constructor.name.replace(/Command$/, "");
    const text = `${token} ${name} ${canonicalText(input)}`;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const actions = actionsOf(name, input);
    const request: Request = {
      id: this.#known.size,
      name,
      command: { constructor: command.constructor, input } as SdkCommand,
      token,
      members: actions.flatMap(([kind, write]) => {
        const [member] = membersIn(this.#listing, write.Item ?? write.Key ?? {});
        return member !== undefined && kind !== "ConditionCheck" && kind !== "Get" ? [member.name] : [];
      }),
      words: actions.map(([kind, write]) => wordsOf(this.#listing, kind, write)).join(" + "),
    };
    this.#known.set(text, request);
    return request;
  }
}

function actionsOf(name: string, input: object): [kind: string, write: Write][] {
  if (name !== "TransactWriteItems") return [[name.replace(/Item$/, ""), input as Write]];
  const { TransactItems = [] } = input as { TransactItems?: TransactWriteItem[] };
  return TransactItems.flatMap((action) => Object.entries(action) as [string, Write][]);
}

/** Keys are told by what they mean, and an expression by its text with names and values put in. */
function wordsOf(
  listing: Listing,
  kind: string,
  { Item, Key, UpdateExpression, ConditionExpression, ...more }: Write,
): string {
  const key = Item ?? Key;
  const where =
    key === undefined ? "" : ` ${membersIn(listing, key)[0]?.name ?? (registryIn(listing, key) ? "registry" : "?")}`;
  const names = (more.ExpressionAttributeNames ?? {}) as Record<string, string>;
  const values = (more.ExpressionAttributeValues ?? {}) as Record<string, AttributeValue>;
  const expression = (text: unknown): string =>
    String(text).replaceAll(/[#:]\w+/g, (symbol) => names[symbol] ?? values[symbol]?.SS?.join(",") ?? symbol);
  return [
    `${kind}${where}`,
    ...(UpdateExpression === undefined ? [] : [expression(UpdateExpression)]),
    ...(ConditionExpression === undefined ? [] : [`if ${expression(ConditionExpression)}`]),
  ].join(" ");
}
