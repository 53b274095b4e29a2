/**
 * What other packages of this repository share with the engines and the mapping: files that have one owner, and which records pass a filter. No promise is
 * made about it between releases.
 */

export { compileFilterCriteria } from "./event-source-mapping/filters/filter-criteria.ts";
export { ForeignFileError, StateFile } from "./files/state-file.ts";
export { describeOwner, type FileLock, takeLock } from "./locks/file-lock.ts";
