/** Where a column's text stands. */
export type Alignment = "left" | "right";

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: Alignment;
}

/**
 * Lines of a table with a line of titles; columns are as wide as their widest cell, two spaces apart.
 * @param rows One cell for each column.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const titles = columns.map((column) => column.title);
  const widths = titles.map((title, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? "").length)));
  const format = (cells: readonly string[]): string =>
    columns
      .map((column, at) => pad(cells[at] ?? "", widths[at], column.align ?? "left"))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [format(titles), rule, ...rows.map(format)];
}

/** Lines of names and values, the values in one column. */
export function formatFields(fields: Readonly<Record<string, string>>): string[] {
  const width = Math.max(0, ...Object.keys(fields).map((name) => name.length));
  return Object.entries(fields).map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd());
}

function pad(text: string, width: number, align: Alignment): string {
  return align === "right" ? text.padStart(width) : text.padEnd(width);
}
