import { defineConfig } from "@rollcall/cli";
import { projects, tenants } from "./src/registries.ts";

/** What the command line reads, from this folder and from those below it. */
export default defineConfig({ table: "tenants-example", registries: [tenants, projects] });
