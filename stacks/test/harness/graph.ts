/** What an app's resource is, as Pulumi's engine gets it. */
export interface Resource {
  type: string;
  name: string;
  custom: boolean;
  // Each type has its own; the tests say what they expect of them.
  // biome-ignore lint/suspicious/noExplicitAny: inputs are as various as AWS
  inputs: Record<string, any>;
  // biome-ignore lint/suspicious/noExplicitAny: the same
  outputs: Record<string, any> | undefined;
  retainOnDelete: boolean;
}

/** A handler's bundle. */
export interface Bundle {
  functionName: string;
  handler: string;
  /** The bundled module. */
  file: string;
  bytes: number;
}

/** An app as one evaluation made it: everything plain data. */
export interface GraphData {
  app: { name: string; home: string; removal: string; protect: boolean };
  outputs: Record<string, unknown>;
  bundles: Bundle[];
  resources: Resource[];
}

/** A statement of a policy, its lists always lists. */
export interface Statement {
  Effect: string;
  Action: string[];
  Resource: string[];
  Principal?: Record<string, string | string[]>;
  Condition?: Record<string, Record<string, string>>;
}

/** Finds its way through an app. */
export class Graph {
  readonly data: GraphData;

  constructor(data: GraphData) {
    this.data = data;
  }

  all(type: string): Resource[] {
    return this.data.resources.filter((resource) => resource.type === type);
  }

  /** The only resource of a type, or the only one with that name. */
  one(type: string, name?: string): Resource {
    const found = this.all(type).filter((resource) => name === undefined || resource.name === name);
    const [only] = found;
    if (only !== undefined && found.length === 1) return only;
    throw new Error(`expected one ${type} ${name ?? ""}, found ${found.map((resource) => resource.name).join() || 0}`);
  }

  bundle(functionName: string): Bundle {
    const bundle = this.data.bundles.find((candidate) => candidate.functionName === functionName);
    if (bundle === undefined) throw new Error(`no bundle of ${functionName}`);
    return bundle;
  }

  /** What a role may do. */
  permissions(role: string): Statement[] {
    const policies: { policy: string }[] = this.one("aws:iam/role:Role", role).inputs.inlinePolicies ?? [];
    return policies.flatMap(({ policy }) => statements(policy));
  }

  /** Who may take a role on. */
  trust(role: string): Statement[] {
    return statements(this.one("aws:iam/role:Role", role).inputs.assumeRolePolicy);
  }
}

/** The statements of a policy, which the provider takes as a document and as its text. */
function statements(policy: string | object): Statement[] {
  const document: unknown = typeof policy === "string" ? JSON.parse(policy) : policy;
  const { Statement } = document as { Statement: Record<string, unknown>[] };
  return Statement.map((statement) => ({
    ...(statement as unknown as Statement),
    Action: [statement.Action].flat() as string[],
    Resource: [statement.Resource ?? []].flat() as string[],
  }));
}
