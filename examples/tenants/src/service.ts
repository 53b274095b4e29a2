import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Registry } from "@rollcall/registry";
import { createWriteTransaction } from "electrodb";
import { entities } from "./entities.ts";
import { projects, tenants } from "./registries.ts";

/** What the service does. ElectroDB makes the items' writes, the registry sends them together with the name. */
export class TenantService {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #entities: ReturnType<typeof entities>;
  readonly #tenants: Registry;
  readonly #projects = new Map<string, Registry>();

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
    this.#entities = entities(client, tableName);
    this.#tenants = new Registry({ definition: tenants, tableName, client });
  }

  /** @throws ConditionFailedError when it exists: ElectroDB's create has that condition */
  async createTenant(tenant: string, plan: "free" | "paid"): Promise<void> {
    const create = createWriteTransaction(this.#entities, (of) => [of.tenant.create({ tenant, plan }).commit()]);
    await this.#tenants.write(tenant, create.params().TransactItems);
  }

  /** @throws ConditionFailedError when there is none */
  async removeTenant(tenant: string): Promise<void> {
    const remove = createWriteTransaction(this.#entities, (of) => [of.tenant.remove({ tenant }).commit()]);
    await this.#tenants.write(tenant, remove.params().TransactItems);
  }

  /** The names of all tenants: one GetItem, at any size of the table. */
  listTenants(): Promise<string[]> {
    return this.#tenants.list({ consistentRead: true });
  }

  /** An item's own attributes are read as before: by ElectroDB. */
  async planOf(tenant: string): Promise<string | undefined> {
    const { data } = await this.#entities.tenant.get({ tenant }).go();
    return data?.plan;
  }

  /** Also checks, in the same transaction, that the tenant exists. @throws ConditionFailedError when it does not */
  async createProject(tenant: string, project: string): Promise<void> {
    const create = createWriteTransaction(this.#entities, (of) => [
      of.tenant
        .check({ tenant })
        .where(({ plan }, { exists }) => exists(plan))
        .commit(),
      of.project.create({ tenant, project }).commit(),
    ]);
    await this.#projectsOf(tenant).write(project, create.params().TransactItems);
  }

  async removeProject(tenant: string, project: string): Promise<void> {
    const remove = createWriteTransaction(this.#entities, (of) => [of.project.remove({ tenant, project }).commit()]);
    await this.#projectsOf(tenant).write(project, remove.params().TransactItems);
  }

  listProjects(tenant: string): Promise<string[]> {
    return this.#projectsOf(tenant).list({ consistentRead: true });
  }

  /** One object for all writes of a scope, so that those that run together share a transaction. */
  #projectsOf(scope: string): Registry {
    const known = this.#projects.get(scope);
    if (known !== undefined) return known;
    const opened = new Registry({ definition: projects, tableName: this.#tableName, client: this.#client, scope });
    this.#projects.set(scope, opened);
    return opened;
  }
}
