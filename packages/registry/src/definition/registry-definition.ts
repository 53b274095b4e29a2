/**
 * Which items are listed where: "items like these are listed there". Plain data, the same for the library, the
 * maintainer, the passes, the command line and the stacks; it survives `JSON.stringify`.
 *
 * Templates hold `{member}` once, in either key of `member`; `{scope}` in `member` and in `registry`, or in neither;
 * `{shard}` in `registry` if and only if `shards` is above 1. What stands in square brackets is left out where there is
 * no scope: `"[{scope}/]RESOURCE#{member}"` reads keys with a scope and keys without.
 */
export interface RegistryDefinition {
  /** The registry's name in reports, metrics and options: letters, digits, `_` and `-`, first a letter. */
  readonly name: string;
  /** The names of the table's key attributes, both of type string; without `sort` the table has no sort key. */
  readonly key: { readonly partition: string; readonly sort?: string | undefined };
  /** Templates of a member item's key. */
  readonly member: { readonly partition: string; readonly sort?: string | undefined };
  /** Templates of a registry item's key, and what the item holds. */
  readonly registry: {
    readonly partition: string;
    readonly sort?: string | undefined;
    /** The attribute that holds the string set of names. */
    readonly attribute: string;
    /**
     * Further attributes of a registry item, such as keys of an index, as templates of `{scope}` and `{shard}`. Set
     * where they are missing and where they fit; one that needs a scope is left out where there is none. Default: none.
     */
    readonly attributes?: Readonly<Record<string, string>> | undefined;
    /**
     * The number of items that hold one registry together, from 1 to 1,000. A name's shard is the CRC-32 of its UTF-8
     * bytes modulo this number. Default 1.
     */
    readonly shards?: number | undefined;
  };
  /** Which names may be written. Names that are found are taken as they are. */
  readonly names?:
    | {
        /** A regular expression, as text, that the whole name must match. Default: any well-formed text. */
        readonly pattern?: string | undefined;
        /** Bytes of UTF-8. Default: as many as fit the key. */
        readonly maxBytes?: number | undefined;
      }
    | undefined;
  /** Which scopes there can be; a key with another one belongs to something else. */
  readonly scopes?:
    | {
        /** A regular expression, as text. Default: any scope whose keys read back. */
        readonly pattern?: string | undefined;
      }
    | undefined;
}
