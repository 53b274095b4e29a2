/** A program that starts an engine, says its process id, and never stops it: `node abandoning-parent.ts ENGINE`. */
import { type EngineName, startEngine } from "@rollcall/local";

const { pid } = await startEngine({ engine: process.argv[2] as EngineName });
process.stdout.write(`${pid}\n`);
