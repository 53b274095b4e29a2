/**
 * Evaluates an SST configuration with SST's real components, and sends its resources to the process that forked this one.
 * Pulumi keeps its mocks in the process: each evaluation has its own. Source: sst/sst, pkg/project/run.go.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { PLATFORM } from "../../prepare.ts";
import { type BuildRequest, bundleHandler } from "./bundle-handler.ts";
import type { Bundle, GraphData } from "./graph.ts";
import { evaluate } from "./load-config.ts";
import { MockAws } from "./mock-aws.ts";
import { MockEngine } from "./mock-engine.ts";
import { startRpcServer } from "./rpc-server.ts";
import type { SynthOptions } from "./synth.ts";

interface Config {
  app(input: { stage: string }): Pick<GraphData["app"], "name" | "home"> & Partial<GraphData["app"]>;
}

const options = JSON.parse(process.argv[2] ?? "") as Required<SynthOptions> & { output: string };
const config = path.resolve(import.meta.dirname, "../../..", options.config);
const root = path.dirname(config);
const evaluations = mkdtempSync(path.join(PLATFORM, ".evaluation-"));
process.on("exit", () => rmSync(evaluations, { recursive: true, force: true }));

// What fails in an `apply` fails the run, as in a deployment; Pulumi would continue to wait for what never comes.
const fail = (error: unknown) => {
  process.send?.({ error: error instanceof Error ? error.message : String(error) }, () => process.exit(1));
};
process.on("unhandledRejection", fail);
process.on("uncaughtException", fail);

async function evaluateApp(): Promise<GraphData> {
  const place = { root, platform: PLATFORM };
  const loaded = await evaluate(`import config from ${JSON.stringify(config)}; export default config;`, {
    ...place,
    outfile: path.join(evaluations, "app.mjs"),
    banner: "function $config(input) { return input }",
  });
  const app: GraphData["app"] = {
    removal: "retain",
    protect: false,
    ...(loaded.default as Config).app({ stage: options.stage }),
  };

  const aws = new MockAws(options.tables);
  process.env.SST_AWS_REGION = aws.region;
  const bundles: Bundle[] = [];
  const rpc = await startRpcServer({
    "Provider.Aws.Bootstrap": async () => aws.bootstrap,
    "Provider.Aws.Appsync": async () => ({ http: "mock.appsync-api", realtime: "mock.appsync-realtime" }),
    "Runtime.AddTarget": async () => true,
    "Runtime.Build": async (request: BuildRequest) => {
      const { answer, bundle } = await bundleHandler(request, { root, output: options.output });
      bundles.push(bundle);
      return answer;
    },
  });
  process.env.SST_SERVER = rpc.url;

  const program = async () => {
    const { default: run } = await evaluate(
      `import { run } from ${JSON.stringify(path.join(PLATFORM, "src/auto/run.ts"))};
       import config from ${JSON.stringify(config)};
       export default () => run(config.run);`,
      {
        ...place,
        outfile: path.join(evaluations, "run.mjs"),
        inject: [path.join(PLATFORM, "src/shim/run.js")],
        globals: `${providerImports()}\nimport * as sst from ${JSON.stringify(path.join(PLATFORM, "src/components"))};`,
        define: {
          $app: JSON.stringify({ providers: {}, ...app, stage: options.stage }),
          $dev: String(options.dev),
          $cli: JSON.stringify({
            command: options.dev ? "dev" : "deploy",
            dev: options.dev,
            paths: { home: evaluations, root, work: path.join(evaluations, "work"), platform: PLATFORM },
            state: { version: {} },
          }),
        },
      },
    );
    return (run as () => Promise<unknown>)();
  };
  const resources = await new MockEngine(PLATFORM).run(program, { app: app.name, stage: options.stage }, aws);
  rpc.close();
  const stack = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  return { app, outputs: stack?.outputs ?? {}, bundles, resources };
}

function providerImports(): string {
  const lock = readFileSync(path.join(path.dirname(PLATFORM), "provider-lock.json"), "utf8");
  const providers = JSON.parse(lock) as { alias: string; package: string }[];
  return providers.map(({ alias, package: name }) => `import * as ${alias} from ${JSON.stringify(name)};`).join("\n");
}

evaluateApp().then((graph) => process.send?.({ graph }, () => process.exit(0)), fail);
