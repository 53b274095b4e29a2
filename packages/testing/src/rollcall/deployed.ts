import {
  type AlarmDescription,
  type Deployment,
  fillReferences,
  LOG_ACTIONS,
  LOG_RETENTION_DAYS,
  type Reference,
} from "@rollcall/maintainer/deployment";

/** What stands for each reference in one deployment. */
export type Values = Readonly<Record<Exclude<Reference, `${string}AlarmArn`>, string>> & {
  /** The ARN of the log group of each function. */
  readonly logGroups: Readonly<Record<"stream" | "sweep", string>>;
  /** The ARN of the alarm of a name. */
  alarmArn(name: string): string;
};

/** A function as it was deployed. */
export interface DeployedFunction {
  description: string;
  handler: string;
  runtime: string;
  architecture: string;
  memorySizeMb: number;
  timeoutSeconds: number;
  logRetentionDays: number;
  environment: Readonly<Record<string, string>>;
  permissions: readonly DeployedStatement[];
  /** The services that may take on its role. */
  trusts: readonly string[];
}

/** A statement that allows something, as it was deployed. */
export interface DeployedStatement {
  actions: readonly string[];
  resources: readonly string[];
  conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Everything that a deployment is made of, in any way: no references are left in it. */
export interface Deployed {
  functions: Readonly<Record<"stream" | "sweep", DeployedFunction>>;
  mapping: Readonly<Record<string, unknown>>;
  schedule: {
    expression: string;
    retries: number;
    deadLetters: string;
    permissions: readonly DeployedStatement[];
    trusts: readonly string[];
  };
  deadLetters: { retentionSeconds: number; encrypted: boolean; tlsOnly: boolean };
  alarms: readonly DeployedAlarm[];
  dashboard: unknown;
}

/** What a description must become where its references have these values. */
export function expectedDeployment(deployment: Deployment, values: Values): Deployed {
  const filled = fillReferences(deployment, (literals, references) =>
    literals.map((literal, i) => literal + textFor(references[i], values)).join(""),
  ) as Deployment;
  const { expression, retries } = filled.schedule;
  return {
    functions: {
      stream: expectedFunction(filled, "stream", values),
      sweep: expectedFunction(filled, "sweep", values),
    },
    mapping: {
      ...filled.mapping,
      source: values.StreamArn,
      function: values.StreamFunctionName,
      destination: values.DeadLettersArn,
    },
    schedule: {
      expression,
      retries,
      trusts: ["scheduler.amazonaws.com"],
      deadLetters: values.DeadLettersArn,
      permissions: [
        { actions: ["lambda:InvokeFunction"], resources: [values.SweepFunctionName], conditions: {} },
        { actions: ["sqs:SendMessage"], resources: [values.DeadLettersArn], conditions: {} },
      ],
    },
    deadLetters: { ...filled.deadLetters, encrypted: true, tlsOnly: true },
    alarms: inOrder(
      filled.alarms.map(({ name: _, periods = 1, silenceRings = false, ...alarm }) => ({
        ...alarm,
        periods,
        silenceRings,
      })),
    ),
    dashboard: filled.dashboard,
  };
}

function expectedFunction({ functions }: Deployment, name: "stream" | "sweep", values: Values): DeployedFunction {
  const { permissions, ...settings } = functions[name];
  return {
    ...settings,
    logRetentionDays: LOG_RETENTION_DAYS,
    trusts: ["lambda.amazonaws.com"],
    permissions: sortedStatements([
      ...permissions.map(({ actions, resources, conditions = {} }) => ({ actions, resources, conditions })),
      { actions: LOG_ACTIONS, resources: [values.logGroups[name]], conditions: {} },
    ]),
  };
}

/** Statements in one order, their actions too: IAM knows none. */
export function sortedStatements(statements: readonly DeployedStatement[]): DeployedStatement[] {
  return statements
    .map((statement) => ({ ...statement, actions: [...statement.actions].sort() }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** An alarm as it was deployed. */
export interface DeployedAlarm extends Omit<AlarmDescription, "name"> {}

/** Alarms in one order: each way names them as it likes. */
export function inOrder(alarms: readonly DeployedAlarm[]): DeployedAlarm[] {
  const key = ({ description, series }: DeployedAlarm) =>
    description + JSON.stringify(Object.entries(series.dimensions).sort());
  return [...alarms].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function textFor(reference: Reference | undefined, values: Values): string {
  if (reference === undefined) return "";
  if (reference in values) return values[reference as keyof typeof values] as string;
  return values.alarmArn(reference.slice(0, -"AlarmArn".length));
}
