import { createRequire } from "node:module";
import path from "node:path";
import type { Resource } from "./graph.ts";
import type { MockAws, Values } from "./mock-aws.ts";

/** The part of a registration request that tells what a resource is. */
interface RegistrationRequest {
  getType(): string;
  getName(): string;
  getCustom(): boolean;
  getObject(): unknown;
  getRetainondelete(): boolean | undefined;
}
interface OutputsRequest {
  getUrn(): string;
  getOutputs(): unknown;
}
type Answer<T> = (error: unknown, response: T) => void;
type Register = (request: RegistrationRequest, answer: Answer<{ getUrn(): string }>) => void;
type RegisterOutputs = (request: OutputsRequest, answer: Answer<unknown>) => void;

/** The part of Pulumi's runtime that a program is run with. */
interface Pulumi {
  runtime: {
    setMocks(mocks: unknown, project: string, stack: string, preview: boolean, organization: string): Promise<void>;
    runInPulumiStack(program: () => Promise<unknown>): Promise<unknown>;
  };
  asset: Record<"Asset" | "Archive", { isInstance(value: unknown): boolean }>;
}
interface Settings {
  getMonitor(): { registerResource: Register; registerResourceOutputs: RegisterOutputs };
  waitForRPCs(): Promise<void>;
}
interface Rpc {
  deserializeProperties(struct: unknown, keepUnknowns: boolean): Values;
  isRpcSecret(value: unknown): boolean;
  unwrapRpcSecret(value: unknown): unknown;
}

/** Pulumi's own mock monitor, with an AWS behind it, that keeps every registration. */
export class MockEngine {
  readonly #resources = new Map<string, Resource>();
  readonly #pulumi: Pulumi;
  readonly #settings: Settings;
  readonly #rpc: Rpc;

  constructor(platform: string) {
    const load = createRequire(path.join(platform, "package.json"));
    this.#pulumi = load("@pulumi/pulumi") as Pulumi;
    this.#settings = load("@pulumi/pulumi/runtime/settings") as Settings;
    this.#rpc = load("@pulumi/pulumi/runtime/rpc") as Rpc;
  }

  /** Runs a program. Resolves to its resources once everything it started has come to rest. */
  async run(program: () => Promise<unknown>, names: { app: string; stage: string }, aws: MockAws): Promise<Resource[]> {
    const mocks = {
      newResource: ({
        type,
        name,
        inputs,
        custom,
      }: {
        type: string;
        name: string;
        inputs: Values;
        custom?: boolean;
      }) => (custom ? aws.create(type, name, inputs) : { id: undefined, state: inputs }),
      call: ({ token, inputs }: { token: string; inputs: Values }) => aws.read(token, inputs),
    };
    await this.#pulumi.runtime.setMocks(mocks, names.app, names.stage, false, "organization");
    this.#record();
    await this.#pulumi.runtime.runInPulumiStack(program);
    await this.#quiet();
    return [...this.#resources.values()];
  }

  /** The mocks are not told a resource's options: the requests themselves are. */
  #record(): void {
    const monitor = this.#settings.getMonitor();
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, answer) =>
      register(request, (error, response) => {
        if (!error) {
          this.#resources.set(response.getUrn(), {
            type: request.getType(),
            name: request.getName(),
            custom: request.getCustom(),
            inputs: this.#plain(this.#rpc.deserializeProperties(request.getObject(), true)) as Resource["inputs"],
            outputs: undefined,
            retainOnDelete: request.getRetainondelete() ?? false,
          });
        }
        answer(error, response);
      });
    const registerOutputs = monitor.registerResourceOutputs.bind(monitor);
    monitor.registerResourceOutputs = (request, answer) => {
      const resource = this.#resources.get(request.getUrn());
      const outputs = this.#rpc.deserializeProperties(request.getOutputs(), true);
      if (resource) resource.outputs = this.#plain(outputs) as Resource["inputs"];
      registerOutputs(request, answer);
    };
  }

  /** Registrations are also made when earlier ones are answered: at rest is who makes none for a few turns. */
  async #quiet(): Promise<void> {
    for (let known = -1, quietTurns = 0; quietTurns < 3; ) {
      await this.#settings.waitForRPCs();
      await new Promise((resolve) => setTimeout(resolve, 10));
      quietTurns = this.#resources.size === known ? quietTurns + 1 : 0;
      known = this.#resources.size;
    }
  }

  #plain(value: unknown): unknown {
    const { Asset, Archive } = this.#pulumi.asset;
    if (this.#rpc.isRpcSecret(value)) return this.#plain(this.#rpc.unwrapRpcSecret(value));
    if (Asset?.isInstance(value) || Archive?.isInstance(value)) return "[asset]";
    if (Array.isArray(value)) return value.map((member) => this.#plain(member));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.#plain(member)]));
  }
}
