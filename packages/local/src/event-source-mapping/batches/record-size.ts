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
  const [[type, content] = ["NULL", true]] = Object.entries(value).filter(([, one]) => one !== undefined);
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

/** One byte for two significant digits, one for the exponent, one for a minus sign. Source: as above, which says "about". */
function numberBytes(text: string): number {
  const mantissa = text.replace(/e.*/i, "").replaceAll(/\D/g, "");
  const significant = mantissa.replace(/^0+/, "").replace(/0+$/, "").length;
  return Math.ceil(significant / 2) + (text.startsWith("-") ? 2 : 1);
}

function sum<T>(values: readonly T[], bytes: (value: T) => number): number {
  return values.reduce((total, value) => total + bytes(value), 0);
}
