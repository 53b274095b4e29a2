#!/usr/bin/env node
import { keepCompiled } from "./compile-cache.ts";

keepCompiled();
// Loaded one after the other, so that an older Node hears of it in one line before it meets what it cannot read.
try {
  await import("@rollcall/registry/node-version");
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
const { runProcess } = await import("./process.ts");
await runProcess();
