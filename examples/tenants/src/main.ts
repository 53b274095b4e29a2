/**
 * The service on this machine, by `npm start`: requests come, a script that knows no registry writes to the table, and the
 * maintainer repairs what that broke. Ends with status 1 when it does not.
 */
import { audit } from "@rollcall/maintainer";
import { type Machine, startMachine } from "./local/machine.ts";
import { projects, tenants } from "./registries.ts";
import { tableName } from "./table-name.ts";

type Api = typeof import("./functions/api.ts").handler;

/** How long a repair may take on a machine that has other things to do, in milliseconds. */
const HEALED_WITHIN_MS = 60_000;
const POLL_MS = 50;

const TENANTS = "/tenants";
const PROJECTS = "/tenants/acme/projects";

const print = (line = "") => void process.stdout.write(`${line}\n`);

/** Calls the API's function as a function URL does, and prints one line of it. */
async function call(api: Api, method: string, rawPath: string, note = ""): Promise<string> {
  const { statusCode, body } = await api({ rawPath, requestContext: { http: { method } } });
  print(`   ${method.padEnd(6)} ${rawPath.padEnd(30)} ${statusCode} ${body}${note && `   ${note}`}`);
  return body;
}

async function serveRequests(api: Api): Promise<void> {
  print("1. Requests come. Each write sends the item and its name in one transaction.");
  for (const tenant of ["acme", "globex"]) await call(api, "PUT", `${TENANTS}/${tenant}`);
  for (const project of ["apollo", "zephyr"]) await call(api, "PUT", `${PROJECTS}/${project}`);
  await call(api, "PUT", `${TENANTS}/acme`, "← ElectroDB's own condition");
  await call(api, "PUT", `${TENANTS}/umbrella/projects/x`, "← no such tenant: nothing was written");
  await call(api, "GET", TENANTS, "← one GetItem, at any size of the table");
  await call(api, "GET", PROJECTS);
}

/** Writes two items and no registry, as a migration, the console or time to live would. */
async function breakRegistries({ dynamodb }: Machine): Promise<void> {
  print();
  print("2. A script writes to the table, and knows no registry.");
  print("   puts    TENANT#initech / #META");
  await dynamodb.putItem({
    TableName: tableName,
    Item: { pk: { S: "TENANT#initech" }, sk: { S: "#META" }, tenant: { S: "initech" }, plan: { S: "paid" } },
  });
  print("   deletes TENANT#acme / PROJECT#apollo");
  await dynamodb.deleteItem({ TableName: tableName, Key: { pk: { S: "TENANT#acme" }, sk: { S: "PROJECT#apollo" } } });
}

/** Waits until both lists are what the items say. */
async function watchHealing(api: Api): Promise<boolean> {
  const truth = { [TENANTS]: '["acme","globex","initech"]', [PROJECTS]: '["zephyr"]' };
  const verdict = (path: string, body: string) => (body === truth[path as keyof typeof truth] ? "right" : "wrong");
  const lists = async () => {
    const answers = await Promise.all(
      Object.keys(truth).map(async (rawPath) => {
        const { body } = await api({ rawPath, requestContext: { http: { method: "GET" } } });
        return { rawPath, body, verdict: verdict(rawPath, body) };
      }),
    );
    return { answers, isRight: answers.every((each) => each.verdict === "right") };
  };
  const show = (answers: Awaited<ReturnType<typeof lists>>["answers"]) => {
    for (const each of answers) print(`   GET    ${each.rawPath.padEnd(30)} ${each.body}   ← ${each.verdict}`);
  };

  let { answers, isRight } = await lists();
  show(answers);
  print();
  print("3. The maintainer reads the table's stream, reads the items, and repairs the lists.");
  const brokenAt = performance.now();
  while (!isRight && performance.now() - brokenAt < HEALED_WITHIN_MS) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    ({ answers, isRight } = await lists());
  }
  show(answers);
  if (isRight) print(`   after ${((performance.now() - brokenAt) / 1_000).toFixed(1)} s`);
  return isRight;
}

/** Compares the whole table with its registries, as `rollcall registry audit` does. */
async function auditTable(): Promise<boolean> {
  print();
  print("4. An audit reads the whole table, and compares it with every registry.");
  const report = await audit({ tableName, registries: [tenants, projects], allScopes: true });
  for (const { registry, scope, registered, missing, orphaned } of report) {
    const name = scope === null ? registry : `${registry} of ${scope}`;
    print(`   ${name}: ${registered} listed, ${missing.length} missing, ${orphaned.length} without an item`);
  }
  return report.every(({ missing, orphaned }) => missing.length + orphaned.length === 0);
}

const machine = await startMachine();
let isHealed = false;
try {
  print(`A service with a list of tenants and a list of projects per tenant, on ${machine.engine}.`);
  print();
  const { handler: api } = await import("./functions/api.ts");
  await serveRequests(api);
  await breakRegistries(machine);
  isHealed = (await watchHealing(api)) && (await auditTable());
} finally {
  await machine.stop();
}
print();
print(isHealed ? "Both lists are right." : "The lists were NOT repaired.");
process.exit(isHealed ? 0 : 1);
