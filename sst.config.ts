/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app({ stage }) {
    const production = stage === "production";
    return {
      name: "rollcall",
      home: "aws",
      // What holds data outlives the app in production, and `sst remove` is refused there; other stages are disposable.
      removal: production ? "retain" : "remove",
      protect: production,
    };
  },
  async run() {
    const { describeDeployment } = await import("@rollcall/maintainer/deployment");
    const { readSettings } = await import("./stacks/settings.ts");
    const { readRegistries } = await import("./stacks/registries.ts");
    const { storage } = await import("./stacks/storage.ts");
    const { maintenance } = await import("./stacks/maintenance.ts");
    const { monitoring } = await import("./stacks/monitoring.ts");
    const { devPanes } = await import("./stacks/dev-panes.ts");

    const settings = readSettings(process.env);
    const registries = await readRegistries($cli.paths.root, settings.configFile);
    const production = $app.stage === "production";
    const table = storage({ existingTable: settings.existingTable, registries, production });
    const deployment = describeDeployment({ registries, sweepReadUnits: settings.sweepReadUnits });
    const maintainer = maintenance({ table, deployment });
    const { dashboardUrl } = monitoring({ maintainer, alarmTopicArn: settings.alarmTopicArn });
    devPanes({ table });
    return { table: table.name, deadLetters: maintainer.deadLetters.url, dashboard: dashboardUrl };
  },
});
