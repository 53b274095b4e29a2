import { startMemoryDynamoDB } from "@rollcall/memory-dynamodb";

// A program of the test beside it: serves what a file holds, says where, and runs until it is killed.
const { endpoint } = await startMemoryDynamoDB({ file: process.argv[2] });
process.stdout.write(`${endpoint}\n`);
