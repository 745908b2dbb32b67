/** The kinds of histories: hashes in calldata, or states in a blob. */
export const HISTORY_KINDS = ["calldata", "blob"] as const;
export type HistoryKind = (typeof HISTORY_KINDS)[number];

/** The logarithm of a history's number of elements. */
export const HISTORY_WIDTHS: Readonly<Record<HistoryKind, number>> = { calldata: 6, blob: 12 };
