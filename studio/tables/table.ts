/** A column of a table: numbers with NaN where one is missing, or text. */
export type Column = NumberColumn | TextColumn;

export interface NumberColumn {
  readonly kind: "numbers";
  readonly name: string;
  readonly values: Float64Array;
}

export interface TextColumn {
  readonly kind: "text";
  readonly name: string;
  readonly values: readonly string[];
  /** Where most values are numbers: the first that is none, its row counted from 1. */
  readonly odd?: { readonly row: number; readonly text: string };
}

/** A file of columns of equal length. */
export interface Table {
  /** The file's name. */
  readonly source: string;
  readonly rows: number;
  readonly columns: readonly Column[];
  /** SHA-256 of the file, hexadecimal. */
  readonly fingerprint: string;
}

/** What stands for a value that is missing. */
const MISSING = new Set(["", "na", "n/a", "nan", "null", "none", "?"]);

/** Share of values above which a column is one of numbers with something wrong in it, rather than one of text. */
const MOSTLY = 0.8;

/** A column out of text: numbers where every value that is not missing is one. */
export function columnOf(name: string, texts: readonly string[]): Column {
  const values = new Float64Array(texts.length);
  let numbers = 0;
  let odd: TextColumn["odd"];
  texts.forEach((text, i) => {
    const trimmed = text.trim();
    const value = MISSING.has(trimmed.toLowerCase()) ? Number.NaN : Number(trimmed);
    values[i] = value;
    if (!Number.isNaN(value)) numbers++;
    else if (!MISSING.has(trimmed.toLowerCase())) odd ??= { row: i + 1, text: trimmed };
  });
  if (odd === undefined && numbers > 0) return { kind: "numbers", name, values };
  const mostly = odd !== undefined && numbers > MOSTLY * texts.length;
  return { kind: "text", name, values: texts, ...(mostly && odd && { odd }) };
}
