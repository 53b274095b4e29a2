import { dynamodbContract } from "../contract/contract.ts";
import { describeEachEngine } from "../engines.ts";

describeEachEngine("what we rely on", dynamodbContract);
