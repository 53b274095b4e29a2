/** Bytes of a partition key value. Source: DynamoDB quotas, "Partition keys and sort keys". */
export const MAX_PARTITION_KEY_BYTES = 2048;

/** Bytes of a sort key value. Source: DynamoDB quotas, "Partition keys and sort keys". */
export const MAX_SORT_KEY_BYTES = 1024;
