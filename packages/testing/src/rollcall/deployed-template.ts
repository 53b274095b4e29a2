import {
  type Deployed,
  type DeployedAlarm,
  type DeployedFunction,
  type DeployedStatement,
  inOrder,
  sortedStatements,
} from "./deployed.ts";

// A template's resources each have properties of their own; what is read of them is compared as a whole.
// biome-ignore lint/suspicious/noExplicitAny: as various as AWS
type Properties = Record<string, any>;

/** A CloudFormation template. */
export interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Properties }>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
}

const FUNCTIONS = { stream: /Stream/, sweep: /Sweep/ } as const;

/** Reads what a template deploys, for given values of its parameters and of CloudFormation's own. */
export class DeployedTemplate {
  readonly #template: Template;
  readonly #parameters: Readonly<Record<string, string>>;

  constructor(template: Template, parameters: Readonly<Record<string, string>> = {}) {
    this.#template = template;
    this.#parameters = parameters;
  }

  /** The only resource of a type, or the only one whose logical id matches. */
  find(type: string, id = /./): { id: string; properties: Properties } {
    const found = this.#ofType(type).filter(([logicalId]) => id.test(logicalId));
    const [only] = found;
    if (only === undefined || found.length > 1) throw new Error(`${found.length} resources of ${type} match ${id}`);
    return { id: only[0], properties: this.#resolve(only[1].Properties) as Properties };
  }

  /** Everything of the maintainer that the template makes. */
  read(): Deployed {
    const queue = this.find("AWS::SQS::Queue").properties;
    const policy = this.find("AWS::SQS::QueuePolicy").properties.PolicyDocument.Statement;
    const schedule = this.find("AWS::Scheduler::Schedule").properties;
    const scheduleRole = /ScheduleRole/;
    return {
      functions: { stream: this.#function("stream"), sweep: this.#function("sweep") },
      mapping: this.#mapping(),
      schedule: {
        expression: schedule.ScheduleExpression,
        retries: schedule.Target.RetryPolicy.MaximumRetryAttempts,
        deadLetters: schedule.Target.DeadLetterConfig.Arn,
        permissions: this.#permissions(scheduleRole),
        trusts: this.#trusts(scheduleRole),
      },
      deadLetters: {
        retentionSeconds: queue.MessageRetentionPeriod,
        encrypted: queue.SqsManagedSseEnabled,
        tlsOnly:
          JSON.stringify(policy).includes('"Bool":{"aws:SecureTransport":"false"}') && policy[0].Effect === "Deny",
      },
      alarms: inOrder(
        this.#ofType("AWS::CloudWatch::Alarm").map(([, { Properties }]) =>
          alarm(this.#resolve(Properties) as Properties),
        ),
      ),
      dashboard: JSON.parse(this.find("AWS::CloudWatch::Dashboard").properties.DashboardBody),
    };
  }

  #function(name: "stream" | "sweep"): DeployedFunction {
    const { properties } = this.find("AWS::Lambda::Function", FUNCTIONS[name]);
    const role = new RegExp(`${name === "stream" ? "Stream" : "Sweep"}Role`);
    return {
      description: properties.Description,
      handler: properties.Handler,
      runtime: properties.Runtime,
      architecture: properties.Architectures.join(),
      memorySizeMb: properties.MemorySize,
      timeoutSeconds: properties.Timeout,
      logRetentionDays: this.find("AWS::Logs::LogGroup", FUNCTIONS[name]).properties.RetentionInDays,
      environment: properties.Environment.Variables,
      permissions: this.#permissions(role),
      trusts: this.#trusts(role),
    };
  }

  #mapping() {
    const { FilterCriteria, MetricsConfig, DestinationConfig, EventSourceArn, FunctionName, ...settings } = this.find(
      "AWS::Lambda::EventSourceMapping",
    ).properties;
    return {
      ...uncapitalized(settings),
      filterCriteria: { filters: FilterCriteria.Filters.map(uncapitalized) },
      metricsConfig: uncapitalized(MetricsConfig),
      source: EventSourceArn,
      function: FunctionName,
      destination: DestinationConfig.OnFailure.Destination,
    };
  }

  #permissions(role: RegExp): DeployedStatement[] {
    const { id, properties } = this.find("AWS::IAM::Role", role);
    const inline = (properties.Policies ?? []).map(({ PolicyDocument }: Properties) => PolicyDocument);
    const attached = this.#ofType("AWS::IAM::Policy")
      .filter(([, { Properties }]) => JSON.stringify(Properties.Roles).includes(`"${id}"`))
      .map(([, { Properties }]) => (this.#resolve(Properties) as Properties).PolicyDocument);
    if (properties.ManagedPolicyArns !== undefined) throw new Error(`${id} has managed policies`);
    const statements: Properties[] = [...inline, ...attached].flatMap(({ Statement }) => Statement);
    return sortedStatements(
      statements.map(({ Effect, Action, Resource, Condition = {} }) => {
        if (Effect !== "Allow") throw new Error(`${id} has a statement that does not allow`);
        return { actions: [Action].flat(), resources: [Resource].flat(), conditions: Condition };
      }),
    );
  }

  #trusts(role: RegExp): string[] {
    const { Statement } = this.find("AWS::IAM::Role", role).properties.AssumeRolePolicyDocument;
    return Statement.map(({ Principal }: Properties) => Principal.Service);
  }

  #ofType(type: string) {
    return Object.entries(this.#template.Resources).filter(([, { Type }]) => Type === type);
  }

  /** The value of intrinsics, where references to resources become `<id>` and to their attributes `<id.Name>`. */
  #resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#resolve(each)).filter((each) => each !== undefined);
    if (typeof value !== "object" || value === null) return value;
    const [[name, argument] = ["", undefined], ...others] = Object.entries(value);
    if (others.length === 0) {
      if (name === "Ref") return this.#reference(String(argument));
      if (name === "Fn::GetAtt") return this.#reference([argument].flat().join("."));
      if (name === "Fn::Sub")
        return String(argument).replaceAll(/\$\{([^!}]+)\}/g, (_, id) => String(this.#reference(id)));
      if (name === "Fn::Join") {
        const [separator, pieces] = argument as [string, unknown[]];
        return pieces.map((piece) => this.#resolve(piece)).join(separator);
      }
      if (name === "Fn::If") {
        const [condition, yes, no] = argument as [string, unknown, unknown];
        return this.#resolve(this.#holds(condition) ? yes : no);
      }
    }
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, each]) => [key, this.#resolve(each)])
        .filter(([, each]) => each !== undefined),
    );
  }

  /** Conditions here are all "this parameter was given". */
  #holds(condition: string): boolean {
    const [[, [equals]] = ["", []]] = Object.entries(this.#template.Conditions?.[condition] ?? {}) as [
      string,
      Properties[],
    ][];
    const [left, right] = equals?.["Fn::Equals"] ?? [];
    return this.#resolve(left) !== this.#resolve(right);
  }

  #reference(id: string): unknown {
    if (id === "AWS::NoValue") return undefined;
    const parameter =
      this.#parameters[id] ?? (this.#template.Parameters?.[id] as { Default?: string } | undefined)?.Default;
    return parameter ?? `<${id}>`;
  }
}

function alarm(properties: Properties): DeployedAlarm {
  return {
    description: properties.AlarmDescription,
    series: {
      namespace: properties.Namespace,
      metricName: properties.MetricName,
      dimensions: Object.fromEntries(properties.Dimensions.map(({ Name, Value }: Properties) => [Name, Value])),
    },
    statistic: properties.Statistic,
    threshold: properties.Threshold,
    periodSeconds: properties.Period,
    periods: properties.EvaluationPeriods,
    silenceRings: properties.TreatMissingData === "breaching",
  };
}

function uncapitalized(properties: Properties): Properties {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name.charAt(0).toLowerCase() + name.slice(1), value]),
  );
}
