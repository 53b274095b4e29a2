import { fillReferences, type Reference } from "@rollcall/maintainer/deployment";

/** What stands for references, as far as it is made. */
export type Values = Readonly<Partial<Record<Reference, $util.Input<string>>>>;

/** Plain data of a deployment's description, with Pulumi's outputs in the place of its references. */
export function fill<T>(data: T, values: Values): T {
  return fillReferences(data, (literals, references) =>
    $output(references.map((reference) => valueOfReference(reference, values))).apply((texts) =>
      literals.map((literal, i) => literal + (texts[i] ?? "")).join(""),
    ),
  ) as T;
}

function valueOfReference(reference: Reference, values: Values): $util.Input<string> {
  const value = values[reference];
  if (value === undefined) throw new Error(`${reference} is referred to before it is made`);
  return value;
}
