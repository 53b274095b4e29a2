import { capacityContract } from "./capacity.ts";
import { conditionContract } from "./conditions.ts";
import type { ContractContext } from "./context.ts";
import { expressionContract } from "./expressions.ts";
import { indexContract } from "./indexes.ts";
import { itemSizeContract } from "./item-size.ts";
import { readContract } from "./reads.ts";
import { streamContract } from "./streams.ts";
import { stringSetContract } from "./string-sets.ts";
import { transactionContract } from "./transactions.ts";

/** What we rely on DynamoDB for, as far as an engine can show it. */
export function dynamodbContract(context: ContractContext): void {
  transactionContract(context);
  conditionContract(context);
  expressionContract(context);
  stringSetContract(context);
  itemSizeContract(context);
  readContract(context);
  indexContract(context);
  streamContract(context);
  capacityContract(context);
}
