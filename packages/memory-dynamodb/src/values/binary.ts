/** Bytes of a request in JSON. They go back into JSON as they came: in base64. */
export class Binary extends Uint8Array {
  static decode(base64: string): Binary {
    return new Binary(Buffer.from(base64, "base64"));
  }

  toJSON(): string {
    return Buffer.from(this.buffer, this.byteOffset, this.byteLength).toString("base64");
  }
}

/** Parses JSON in which some attribute values may be binary. */
export function parseWithBinary(text: string): unknown {
  const value: unknown = JSON.parse(text);
  return text.includes('"B"') || text.includes('"BS"') ? withBinary(value) : value;
}

/** An attribute of the name `B` holds an object, a binary value text: that tells them apart. */
function withBinary(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withBinary);
  const entries = Object.entries(value).map(([name, inner]): [string, unknown] => {
    if (name === "B" && typeof inner === "string") return [name, Binary.decode(inner)];
    const isSet = name === "BS" && Array.isArray(inner) && inner.every((member) => typeof member === "string");
    return [name, isSet ? inner.map(Binary.decode) : withBinary(inner)];
  });
  return Object.fromEntries(entries);
}
