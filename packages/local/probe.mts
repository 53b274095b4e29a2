import { startEngine } from "@rollcall/local";
import { DynamoDBClient, CreateTableCommand, PutItemCommand, TransactWriteItemsCommand, GetItemCommand } from "@aws-sdk/client-dynamodb";
for (const engine of ["dynamodb-local"] as const) {
  await using e = await startEngine({engine}); const c = new DynamoDBClient(e.clientConfig);
  await c.send(new CreateTableCommand({TableName:"ttt",BillingMode:"PAY_PER_REQUEST",KeySchema:[{AttributeName:"PK",KeyType:"HASH"},{AttributeName:"SK",KeyType:"RANGE"}],AttributeDefinitions:[{AttributeName:"PK",AttributeType:"S"},{AttributeName:"SK",AttributeType:"S"}]}));
  await c.send(new CreateTableCommand({TableName:"one",BillingMode:"PAY_PER_REQUEST",KeySchema:[{AttributeName:"PK",KeyType:"HASH"}],AttributeDefinitions:[{AttributeName:"PK",AttributeType:"S"}]}));
  let k=0;
  for (const TableName of ["ttt","one"]) {
  const key=()=>({PK:{S:"k"+k++},...(TableName==="ttt"?{SK:{S:"#"}}:{})});
  const run = async (label: string, TransactItems: any[], rest={}) => { try { const r= await c.send(new TransactWriteItemsCommand({TransactItems, ...rest})); console.log(TableName,label, "OK"); } catch(x:any) { console.log(TableName,label,x.name,x.message) } };
  const put=(q:any,f=0)=>({Put:{TableName,Item:{...q,...(f?{f:{S:"x".repeat(f)}}:{})}}});
  const upd=(q:any)=>({Update:{TableName,Key:q,UpdateExpression:"ADD ss :s",ExpressionAttributeValues:{":s":{SS:["a"]}}}});
  const del=(q:any)=>({Delete:{TableName,Key:q}});
  const chk=(q:any,x="attribute_not_exists(PK)",r={})=>({ConditionCheck:{TableName,Key:q,ConditionExpression:x,...r}});
  const R={ReturnValuesOnConditionCheckFailure:"ALL_OLD"};
  let q=key(); await run("same: put+put", [put(q),put(q)]);
  q=key(); await run("same: put+upd", [put(q),upd(q)]);
  q=key(); await run("same: upd+upd", [upd(q),upd(q)]);
  q=key(); await run("same: put+del", [put(q),del(q)]);
  q=key(); await run("same: upd+chk exists", [upd(q),chk(q,"attribute_exists(PK)")]);
  q=key(); await run("same: upd+chk not exists", [upd(q),chk(q)]);
  q=key(); await run("same: upd+chk not exists R", [upd(q),chk(q,undefined,R)]);
  q=key(); await run("same: chk+put", [chk(q),put(q)]);
  q=key(); await run("same: chk+put R", [chk(q,undefined,R),put(q)]);
  q=key(); await run("same: chk fails+put R", [chk(q,"attribute_exists(PK)",R),put(q)]);
  q=key(); await run("same: chk fails+put", [chk(q,"attribute_exists(PK)"),put(q)]);
  q=key(); await run("same: chk+chk", [chk(q),chk(q)]);
  }
  c.destroy();
}
