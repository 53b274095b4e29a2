import type { Stage } from "./stage.ts";

/** Sets, updates and deletes through the library, and shows the registry after each step. */
export async function changing(stage: Stage): Promise<void> {
  const { report, registry } = stage;
  const limits = [{ name: "rpm", capacity: 60 }];
  report.title("3. Set, update, delete");

  await step(stage, "set grok-4 (new: its default and its name change together)", 4, "+ grok-4", () =>
    registry.setResourceDefaults("grok-4", limits),
  );
  await step(stage, "update grok-4 (its name is there already: only the default changes)", 1, "unchanged", () =>
    registry.updateResourceDefaults("grok-4", [{ name: "rpm", capacity: 120 }]),
  );
  const [grok] = await registry.getResourceDefaults("grok-4", { consistentRead: true });
  report.claim(`grok-4 now has ${grok?.capacity} requests a minute`, grok?.capacity === 120);
  await step(stage, "delete command-r-plus", 4, "- command-r-plus", () =>
    registry.deleteResourceDefaults("command-r-plus"),
  );
  report.line("  update command-r-plus (deleted above)");
  const refusal = await registry.updateResourceDefaults("command-r-plus", limits).catch((error: Error) => error);
  const [what] = refusal?.message.split("; ") ?? []; // and then what to do
  report.claim(`refused: ${what}`, refusal?.name === "ResourceNotFoundError");
}

/** One call, what it cost, and how the registry differs from before. */
async function step(
  stage: Stage,
  what: string,
  units: number,
  change: string,
  call: () => Promise<void>,
): Promise<void> {
  const { report, registry } = stage;
  const list = () => registry.listResourcesWithDefaults({ consistentRead: true });
  const before = new Set(await list());
  const { requests, writeUnits } = await stage.measure(call);
  const after = new Set(await list());
  const added = [...after.difference(before)].map((name) => `+ ${name}`);
  const removed = [...before.difference(after)].map((name) => `- ${name}`);
  const changed = [...added, ...removed].join(" ") || "unchanged";
  report.line(`  ${what}`);
  report.line(`    registry: ${after.size} names, ${changed}`);
  report.claim(
    `${requests} request, ${writeUnits} write unit${writeUnits === 1 ? "" : "s"}`,
    requests === 1 && writeUnits === units && changed === change,
  );
}
