import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ConditionFailedError, InvalidNameError } from "@rollcall/registry";
import { TenantService } from "../service.ts";
import { tableName } from "../table-name.ts";

const service = new TenantService(new DynamoDBClient(), tableName);

/** What is used of a function URL's event. */
export interface ApiEvent {
  readonly rawPath: string;
  readonly requestContext: { readonly http: { readonly method: string } };
}

/** What a function URL answers with. */
export interface ApiAnswer {
  readonly statusCode: number;
  readonly body: string;
}

/** The service's API: a Lambda function behind a function URL. */
export async function handler({ rawPath, requestContext }: ApiEvent): Promise<ApiAnswer> {
  try {
    const [root, tenant, list, project] = rawPath.split("/").slice(1).map(decodeURIComponent);
    if (root !== "tenants") return answer(404, "no such path");
    const { method } = requestContext.http;
    if (list === undefined) return await answerTenants(method, tenant);
    if (list === "projects" && tenant !== undefined) return await answerProjects(method, tenant, project);
    return answer(404, "no such path");
  } catch (error) {
    if (error instanceof ConditionFailedError) return answer(409, "exists already, or does not exist");
    if (error instanceof InvalidNameError) return answer(400, error.message);
    throw error;
  }
}

async function answerTenants(method: string, tenant: string | undefined): Promise<ApiAnswer> {
  if (tenant === undefined) return method === "GET" ? answer(200, await service.listTenants()) : answer(405);
  if (method === "PUT") return answer(201, await service.createTenant(tenant, "free"));
  if (method === "DELETE") return answer(204, await service.removeTenant(tenant));
  if (method !== "GET") return answer(405);
  const plan = await service.planOf(tenant);
  return plan === undefined ? answer(404, "no such tenant") : answer(200, { tenant, plan });
}

async function answerProjects(method: string, tenant: string, project: string | undefined): Promise<ApiAnswer> {
  if (project === undefined) return method === "GET" ? answer(200, await service.listProjects(tenant)) : answer(405);
  if (method === "PUT") return answer(201, await service.createProject(tenant, project));
  if (method === "DELETE") return answer(204, await service.removeProject(tenant, project));
  return answer(405);
}

function answer(statusCode: number, body?: unknown): ApiAnswer {
  return { statusCode, body: body === undefined ? "" : JSON.stringify(body) };
}
