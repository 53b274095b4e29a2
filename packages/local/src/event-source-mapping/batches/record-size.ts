import type { SourceStreamRecord } from "../shards/stream-source.ts";

/** Bytes that a list or map costs besides its elements, and one more for each. Source: DynamoDB guide, "Item sizes". */
const DOCUMENT_OVERHEAD_BYTES = 3;

type Attributes = Readonly<Record<string, unknown>>;

/** `SizeBytes` by AWS's rule: what the keys and the images in the record take. */
export function recordBytes({ Keys, NewImage, OldImage }: SourceStreamRecord): number {
  return attributesBytes(Keys) + attributesBytes(NewImage) + attributesBytes(OldImage);
}

function attributesBytes(attributes: Attributes = {}): number {
  return sum(Object.entries(attributes), ([name, value]) => Buffer.byteLength(name) + valueBytes(value as Attributes));
}

/** The size of a value in DynamoDB's own notation, such as `{ S: "text" }`. */
function valueBytes(value: Attributes): number {
  // DynamoDB Local gives an empty list or map within another as nothing at all
  const [[type, content] = ["M", {}]] = Object.entries(value).filter(([, one]) => one !== undefined);
  switch (type) {
    case "S":
      return Buffer.byteLength(content as string);
    case "N":
      return numberBytes(content as string);
    case "B":
      return (content as Uint8Array).byteLength;
    case "SS":
      return sum(content as string[], Buffer.byteLength);
    case "NS":
      return sum(content as string[], numberBytes);
    case "BS":
      return sum(content as Uint8Array[], ({ byteLength }) => byteLength);
    case "L":
      return DOCUMENT_OVERHEAD_BYTES + sum(content as Attributes[], (element) => 1 + valueBytes(element));
    case "M":
      return (
        DOCUMENT_OVERHEAD_BYTES + Object.keys(content as Attributes).length + attributesBytes(content as Attributes)
      );
    default:
      return 1; // BOOL and NULL
  }
}

/**
 * One byte for every two digits from the first to the last that is not 0, in pairs counted from the decimal point; one
 * for the exponent, and one for a minus sign. The guide says only "about"; this is what DynamoDB Local counts.
 */
function numberBytes(text: string): number {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const padded = whole + fraction;
  const digits = padded.replace(/^0+/, "");
  const digitsBeforePoint = whole.length + Number(exponent) - (padded.length - digits.length);
  const significant = digits.replace(/0+$/, "").length;
  const pairs = significant === 0 ? 0 : Math.ceil((significant + Math.abs(digitsBeforePoint % 2)) / 2);
  return pairs + (sign === "-" ? 2 : 1);
}

function sum<T>(values: readonly T[], bytes: (value: T) => number): number {
  return values.reduce((total, value) => total + bytes(value), 0);
}
