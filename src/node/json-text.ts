/**
 * A value as JSON text, indented, with a line end; on one line with `indent` 0. Arrays of numbers of any kind become
 * arrays; a number that is not finite becomes null, because JSON has no word for it.
 */
export function jsonText(value: unknown, indent = 2): string {
  return `${JSON.stringify(value, (_key, part) => (isTypedArray(part) ? Array.from(part) : part), indent)}\n`;
}

function isTypedArray(value: unknown): value is Float64Array {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}
