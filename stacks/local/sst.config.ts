/// <reference path="../../.sst/platform/config.d.ts" />

// Everything on one machine, without an AWS account: sst dev --config stacks/local/sst.config.ts --stage local
export default $config({
  app() {
    return { name: "rollcall-local", home: "local" };
  },
  async run() {
    // A pane's directory is resolved against the working directory, which may be any: npm says where it runs.
    new sst.x.DevCommand("Loop", {
      dev: { title: "Rollcall", command: `npm --prefix "${$cli.paths.root}/../.." run --silent dev`, autostart: true },
    });
  },
});
