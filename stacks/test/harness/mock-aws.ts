import type { ExistingTable } from "../../table-fit.ts";

const ACCOUNT = "123456789012";
const REGION = "eu-west-1";

/** Values by name, as Pulumi passes them about. */
export type Values = Record<string, unknown>;

/** The part of an AWS account that the app asks for while it is evaluated: ids and ARNs that AWS makes up, and data. */
export class MockAws {
  readonly #tables: readonly ExistingTable[];

  constructor(tables: readonly ExistingTable[]) {
    this.#tables = tables;
  }

  readonly region = REGION;

  /** What SST's bootstrap made in the account. */
  readonly bootstrap = { version: 5, asset: "sst-asset-mock", state: "sst-state-mock" };

  /** A new resource's outputs. */
  create(type: string, name: string, inputs: Values): { id: string; state: Values } {
    const id = String(inputs.name ?? inputs.bucket ?? name);
    return { id, state: { name: id, ...inputs, ...computed(type, id, inputs) } };
  }

  /** A data source's answer. One that is not known here fails: its answer would be made up. */
  read(token: string, inputs: Values): Values {
    switch (token) {
      case "aws:index/getRegion:getRegion":
        return { region: REGION, name: REGION, id: REGION };
      case "aws:index/getPartition:getPartition":
        return { partition: "aws", id: "aws", dnsSuffix: "amazonaws.com" };
      case "aws:index/getCallerIdentity:getCallerIdentity":
        return { accountId: ACCOUNT, id: ACCOUNT, userId: "MOCK", arn: arn("iam", "user/mock") };
      case "aws:iam/getPolicyDocument:getPolicyDocument":
        return { ...inputs, id: "policy", json: JSON.stringify(policyDocument(inputs as unknown as PolicyInputs)) };
      case "aws:dynamodb/getTable:getTable":
        return this.#readTable(String(inputs.name));
      default:
        throw new Error(`the test's AWS knows no data source ${token}`);
    }
  }

  #readTable(name: string): Values {
    const table = this.#tables.find((candidate) => candidate.name === name);
    if (table === undefined) throw new Error(`couldn't find resource: table ${name}`);
    const streamArn = table.streamEnabled ? streamOf(name) : "";
    return { ...table, id: name, arn: arn("dynamodb", `table/${name}`), streamArn };
  }
}

const arn = (service: string, resource: string): string =>
  `arn:aws:${service}:${service === "iam" ? "" : REGION}:${ACCOUNT}:${resource}`;

/** What AWS would call a mapping. */
export const mappingUuid = (id: string): string => `uuid-of-${id}`;

const streamOf = (table: string): string => arn("dynamodb", `table/${table}/stream/2026-01-01T00:00:00.000`);

function computed(type: string, id: string, { streamEnabled }: Values): Values {
  switch (type) {
    case "aws:dynamodb/table:Table":
      return { arn: arn("dynamodb", `table/${id}`), ...(streamEnabled === true && { streamArn: streamOf(id) }) };
    case "aws:sqs/queue:Queue":
      return { arn: arn("sqs", id), url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${id}` };
    case "aws:lambda/function:Function":
      return { arn: arn("lambda", `function:${id}`) };
    case "aws:lambda/eventSourceMapping:EventSourceMapping":
      return { uuid: mappingUuid(id) };
    case "aws:iam/role:Role":
      return { arn: arn("iam", `role/${id}`) };
    case "aws:cloudwatch/logGroup:LogGroup":
      return { arn: arn("logs", `log-group:${id}`) };
    case "aws:cloudwatch/metricAlarm:MetricAlarm":
      return { arn: arn("cloudwatch", `alarm:${id}`) };
    case "random:index/randomBytes:RandomBytes":
      return { base64: Buffer.alloc(32).toString("base64") };
    default:
      return {};
  }
}

interface PolicyInputs {
  statements: {
    effect?: string;
    actions: string[];
    resources?: string[];
    principals?: { type: string; identifiers: string[] }[];
    conditions?: { test: string; variable: string; values: string[] }[];
  }[];
}

/** `aws.iam.getPolicyDocument`, as far as the app uses it. */
function policyDocument({ statements }: PolicyInputs) {
  return {
    Version: "2012-10-17",
    Statement: statements.map(({ effect = "Allow", actions, resources, principals, conditions }) => ({
      Effect: effect,
      Action: actions,
      ...(resources && { Resource: resources }),
      ...(principals && { Principal: Object.fromEntries(principals.map((p) => [p.type, p.identifiers])) }),
      ...(conditions?.length && {
        Condition: Object.fromEntries(
          conditions.map((c) => [c.test, { [c.variable]: c.values.length === 1 ? c.values[0] : c.values }]),
        ),
      }),
    })),
  };
}
