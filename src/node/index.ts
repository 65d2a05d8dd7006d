export { writeFileAtomically } from "./atomic-write.ts";
export { type BootstrapProgress, bootstrapSteps } from "./bootstrap.ts";
export type { DatabaseLimits } from "./database.ts";
export { FileError } from "./file-error.ts";
export type { RowGrouping } from "./grouped-sums.ts";
export { readInputFile } from "./input-file.ts";
export { type NamedMatrix, readLabels, readMatrix, readNumericTable, readVector, writeNpy } from "./matrix-file.ts";
export { mergeMomentGroups } from "./merge-moment-groups.ts";
export { momentsFormat, readMoments, type SavedMoments, writeMoments } from "./moments-file.ts";
export {
  type MultiTaskTable,
  readFeatures,
  readMultiTaskData,
  readNamedFeatures,
  readRowNames,
} from "./multi-task-table.ts";
export { readKnownTasks, readNamedTarget, readNamedTasks } from "./named-columns.ts";
export { suggestion } from "./nearest-name.ts";
export { decodeNpy, encodeNpy, type NpyArray } from "./npy.ts";
export { checkPictureName, pdfOf, pngOf, writePicture } from "./picture-file.ts";
export { rowGroup } from "./row-groups.ts";
export type { RowTasks } from "./row-tasks.ts";
export {
  appendStep,
  locate,
  readCertificate,
  readCheckpoint,
  readConfig,
  readMetrics,
  readModel,
  readSteps,
  readUnmixing,
  writeCertificate,
  writeCheckpoint,
  writeIndicators,
  writeLatents,
  writeModel,
  writeReport,
  writeUnmixing,
} from "./run-files.ts";
export { abandonRun, createRun, finishRun, openRun, type RunFolder, runFiles } from "./run-folder.ts";
export { type ColumnRequest, type ColumnSelection, selectColumns, type TargetColumns } from "./select-columns.ts";
export { readTableMoments } from "./table-moments.ts";
export { type Column, type OpenOptions, openTables, type TableSet } from "./tables.ts";
export { WorkerError } from "./worker-error.ts";
export { type JobResult, type PoolOptions, runJobs, type WorkerTask, workerCount } from "./worker-pool.ts";
export { type ColumnValues, type NamedColumn, writeTable } from "./write-table.ts";
