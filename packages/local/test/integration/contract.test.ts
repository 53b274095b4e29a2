import { dynamodbContract } from "@rollcall/testing/dynamodb/contract/contract";
import { describeEachEngine } from "@rollcall/testing/dynamodb/engines";

describeEachEngine("what we rely on", dynamodbContract);
