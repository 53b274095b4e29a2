import { typecheckExamples } from "@rollcall/testing/examples/typecheck-examples";
import { expect, it } from "vitest";

it("every example in the README, the guides and the doc comments typechecks", () => {
  const { count, errors } = typecheckExamples({
    include: [
      "*.md",
      "docs/{adopting,operating,deploying,limiter,local,costs}.md",
      "packages/*/*.md",
      "packages/*/src/**/*.ts",
    ],
    exclude: ["packages/cdk/**"], // the CDK is installed only where what is deployed with it is checked
    package: ".",
  });
  expect(count).toBeGreaterThan(10);
  expect(errors).toBe("");
});
