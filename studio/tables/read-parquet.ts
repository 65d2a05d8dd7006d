import { DataError } from "../../src/errors.ts";
import { type Column, columnOf } from "./table.ts";

/**
 * The columns of a Parquet file; numbers, truth values and dates become numbers, nested values are left out.
 *
 * @throws DataError naming the file, and the column where there is one, when it is damaged or holds nothing that can be used.
 */
export async function readParquet(bytes: ArrayBuffer, source: string): Promise<Column[]> {
  const [{ parquetMetadata, parquetSchema, parquetRead }, { compressors }] = await Promise.all([
    import("hyparquet"),
    import("hyparquet-compressors"),
  ]);
  const columns: Column[] = [];
  try {
    const metadata = parquetMetadata(bytes);
    const rows = Number(metadata.num_rows);
    const names = parquetSchema(metadata)
      .children.filter(({ children }) => children.length === 0)
      .map(({ element }) => element.name);
    for (const name of names) {
      const values: unknown[] = [];
      await parquetRead({
        file: bytes,
        metadata,
        compressors,
        columns: [name],
        onChunk: ({ columnData, rowStart }) => {
          for (let i = 0; i < columnData.length; i++) values[rowStart + i] = columnData[i];
        },
      });
      if (values.length !== rows)
        throw new DataError(`${values.length} values, but ${rows} rows`, { source, column: name });
      columns.push(columnOfValues(name, values));
    }
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`is damaged, or not Parquet: ${reason}`, { source }, { cause });
  }
  if (columns.length === 0) throw new DataError("no column of plain values", { source });
  return columns;
}

function columnOfValues(name: string, values: readonly unknown[]): Column {
  if (values.every((value) => value === null || value === undefined || isNumeric(value))) {
    return {
      kind: "numbers",
      name,
      values: Float64Array.from(values, (value) => (value == null ? Number.NaN : Number(value))),
    };
  }
  return columnOf(
    name,
    values.map((value) => (value == null ? "" : String(value))),
  );
}

const isNumeric = (value: unknown) =>
  typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
