import { typecheckExamples } from "@rollcall/testing/examples/typecheck-examples";
import { expect, it } from "vitest";

it("every example of the construct's page and doc comment typechecks", () => {
  const { count, errors } = typecheckExamples({
    include: ["packages/cdk/README.md", "packages/cdk/src/**/*.ts"],
    package: "packages/cdk",
    compilerOptions: {
      exactOptionalPropertyTypes: false, // the CDK's own types do not tell what is missing from what is undefined
      paths: { "@rollcall/cdk": ["../../../src/index.ts"] },
    },
  });
  expect(count).toBe(2);
  expect(errors).toBe("");
});
