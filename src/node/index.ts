export { writeFileAtomically } from "./atomic-write.ts";
export { type BootstrapProgress, bootstrapSteps } from "./bootstrap.ts";
export type { DatabaseLimits } from "./database.ts";
export {
  type DescribedMoments,
  type MomentDescription,
  type MomentSource,
  readDescribedMoments,
  rowsOfMoments,
  writeDescribedMoments,
} from "./described-moments.ts";
export { FileError } from "./file-error.ts";
export type { RowGrouping } from "./grouped-sums.ts";
export { readInputFile } from "./input-file.ts";
export { type MappedColumns, mapTableSteps } from "./map-table.ts";
export { type NamedMatrix, readLabels, readMatrix, readNumericTable, readVector, writeNpy } from "./matrix-file.ts";
export { mergeDescribedMoments, type NamedMoments } from "./merge-described-moments.ts";
export { mergeMomentGroups } from "./merge-moment-groups.ts";
export { type MoleculeLabels, readMoleculeData, readMoleculeLabels } from "./molecule-table.ts";
export { momentsFormat, readMoments, type SavedMoments, writeMoments } from "./moments-file.ts";
export {
  findFeatures,
  findRowNames,
  type MultiTaskTable,
  readFeatures,
  readMultiTaskData,
  readNamedFeatures,
  readRepresentation,
  readRowNames,
} from "./multi-task-table.ts";
export { readKnownTasks, readNamedTarget, readNamedTasks } from "./named-columns.ts";
export { suggestion } from "./nearest-name.ts";
export { decodeNpy, encodeNpy, type NpyArray } from "./npy.ts";
export { anyMolecules, type MoleculeRequest, type OpenMolecules, openMolecules } from "./open-molecules.ts";
export { openUrl } from "./open-url.ts";
export { checkPictureName, pdfOf, pngOf, writePicture } from "./picture-file.ts";
export type { MoleculeSet, ReadMoleculesStep } from "./read-molecules.ts";
export { appendRecord, openRecords } from "./record-lines.ts";
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
export {
  createSeedsFolder,
  isSeedsFolder,
  readSeedsRequest,
  type SeedProgress,
  seedProgress,
  seedRunPath,
  writeComparison,
} from "./seeds-folder.ts";
export { type ColumnRequest, type ColumnSelection, selectColumns, type TargetColumns } from "./select-columns.ts";
export { type ServedFolder, type ServeOptions, serveFolder } from "./serve-folder.ts";
export { type StackRequest, type StackStep, stackedMomentsSteps } from "./stacked-moments.ts";
export { isTableFile } from "./table-file.ts";
export { readTableMoments, tableMomentsSteps } from "./table-moments.ts";
export { type Column, type FingerprintedTables, type OpenOptions, openTables, type TableSet } from "./tables.ts";
export { textBytes } from "./text-size.ts";
export { trainingTeam } from "./training-team.ts";

export type { ScanStep } from "./watch-scan.ts";

export { WorkerError } from "./worker-error.ts";
export {
  type JobResult,
  type PoolOptions,
  runJobs,
  type SettledJob,
  settleJobs,
  type WorkerTask,
  workerCount,
} from "./worker-pool.ts";
export { type ColumnValues, type NamedColumn, writeTable } from "./write-table.ts";
