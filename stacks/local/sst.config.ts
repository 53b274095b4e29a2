/// <reference path="../../.sst/platform/config.d.ts" />

// Everything on one machine, without an AWS account: sst dev --config stacks/local/sst.config.ts --stage local
export default $config({
  app() {
    return { name: "rollcall-local", home: "local" };
  },
  async run() {
    new sst.x.DevCommand("Loop", {
      dev: { title: "Rollcall", directory: "../..", command: "npm run --silent dev", autostart: true },
    });
  },
});
