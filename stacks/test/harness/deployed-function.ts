import path from "node:path";
import type { Graph } from "./graph.ts";
import { LambdaProcess } from "./lambda-process.ts";

/** A region and credentials, as Lambda sets them for every function, and where DynamoDB is. */
export interface Surroundings {
  endpoint: string;
  /** The table that the engine has in the place of the app's. */
  tableName: string;
}

/** Starts a function of the app as it would be deployed: its bundle, its handler and its environment. */
export async function startFunction(graph: Graph, name: string, surroundings: Surroundings): Promise<LambdaProcess> {
  const { inputs } = graph.one("aws:lambda/function:Function", `${name}Function`);
  const { file, handler } = graph.bundle(name);
  if (inputs.handler !== handler) throw new Error(`the function's handler is ${inputs.handler}, its bundle ${handler}`);
  return await LambdaProcess.start({
    file,
    exportName: path.extname(handler).slice(1),
    timeoutSeconds: inputs.timeout,
    environment: {
      ...inputs.environment.variables,
      ROLLCALL_TABLE: surroundings.tableName,
      AWS_LAMBDA_FUNCTION_NAME: inputs.name,
      AWS_REGION: "eu-west-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL_DYNAMODB: surroundings.endpoint,
    },
  });
}
