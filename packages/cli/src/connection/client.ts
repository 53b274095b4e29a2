import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { connectionAgents } from "./agents.ts";
import { limitAnswers } from "./answer-limits.ts";
import { checkAnswers } from "./answer-shape.ts";
import { credentialsFor, localDefaults } from "./credentials.ts";
import { isLoopback, type KnownTarget } from "./target.ts";

/** Milliseconds until a connection must stand. */
const CONNECTION_TIMEOUT_MS = 2_000;
/** Milliseconds until a request must be answered; how long the answer may take: see `limitAnswers`. */
const REQUEST_TIMEOUT_MS = 5_000;
/** Requests sent in all before a call fails: its user hears of a dead endpoint within seconds. */
const MAX_ATTEMPTS = 3;

/**
 * A client that fails within seconds, that takes no answer for DynamoDB's that is not, and that needs no configuration
 * for an engine on this machine.
 *
 * @throws CommandError when the proxy or the authorities in the environment cannot be used
 */
export async function createClient(target: KnownTarget): Promise<DynamoDBClient> {
  const { endpoint, region, profile } = target;
  const isLocal = endpoint !== undefined && isLoopback(endpoint);
  const credentials = isLocal ? undefined : credentialsFor(target);
  const client = new DynamoDBClient({
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true, // without it, the SDK only prints a warning
      ...(await connectionAgents(endpoint ?? awsEndpoint(region), process.env)),
    },
    ...(profile !== undefined && { profile }),
    ...(isLocal ? localDefaults(target) : credentials && { credentials }),
    // Neither goes with an endpoint of one's own: the SDK would refuse every call.
    ...(endpoint !== undefined && { endpoint, useFipsEndpoint: false, useDualstackEndpoint: false }),
    ...(region !== undefined && { region }),
  });
  limitAnswers(client);
  checkAnswers(client);
  return client;
}

/** Where requests are sent by default, as far as `NO_PROXY` can tell hosts apart; only the SDK knows a profile's Region. */
function awsEndpoint(region: string | undefined): string {
  if (region === undefined) return "https://dynamodb.amazonaws.com";
  return `https://dynamodb.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}
