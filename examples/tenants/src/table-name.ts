/** The table, as the deployment and `npm start` name it. */
export const tableName = process.env.TABLE_NAME ?? "tenants-example";
