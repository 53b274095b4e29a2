import { fillReferences, type Reference } from "@rollcall/maintainer/deployment";

/** A value that CloudFormation works out. */
export type Intrinsic = Readonly<Record<string, unknown>>;

/** The value of a parameter, or the main identifier of a resource. */
export const ref = (logicalId: string): Intrinsic => ({ Ref: logicalId });

/** An attribute of a resource. */
export const attribute = (logicalId: string, name: string): Intrinsic => ({ "Fn::GetAtt": [logicalId, name] });

/** A text with values in it, as `sub("arn:", variable("AWS::Partition"), ":sqs")`. */
export const sub = (...pieces: readonly string[]): Intrinsic => ({ "Fn::Sub": pieces.join("") });

/** The value of a parameter, of a resource, or of its attribute (`Id.Name`), inside a text. */
export const variable = (id: string): string => `$\{${id}}`;

/** What each reference of a deployment's description is inside a text. */
function substitute(reference: Reference): string {
  switch (reference) {
    case "DeadLettersArn":
      return variable("DeadLetters.Arn");
    case "DeadLettersName":
      return variable("DeadLetters.QueueName");
    case "Region":
      return variable("AWS::Region");
    case "StreamFunctionName":
      return variable("StreamFunction");
    case "StreamMappingId":
      return variable("StreamMapping");
    case "SweepFunctionName":
      return variable("SweepFunction");
    case "TableArn": {
      const [partition, region, account] = ["Partition", "Region", "AccountId"].map((name) => variable(`AWS::${name}`));
      return `arn:${partition}:dynamodb:${region}:${account}:table/${variable("TableName")}`;
    }
    case "StreamArn":
    case "TableName":
      return variable(reference);
    default:
      return variable(`${reference.slice(0, -"Arn".length)}.Arn`);
  }
}

/** Plain data with intrinsics in the place of its references. */
export function withIntrinsics<T>(data: T): T {
  return fillReferences(data, (literals, references) =>
    sub(
      ...literals.flatMap((literal, i) => {
        const reference = references[i];
        return reference === undefined ? [literal] : [literal, substitute(reference)];
      }),
    ),
  ) as T;
}
