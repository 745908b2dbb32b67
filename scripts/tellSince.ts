/** Silence for longer is taken for a hang, in milliseconds. */
const LONGEST_SILENCE = 2_000;

/** Writes lines to standard error, each with the seconds since the beginning; where nothing is said for two seconds, that the last thing still goes on. */
export function tellSince(started = Date.now()): (line: string) => void {
  let last = "";
  const write = (mark: string): void => {
    process.stderr.write(`${((Date.now() - started) / 1_000).toFixed(0).padStart(5)} s  ${mark}${last}\n`);
  };
  const ticker = setInterval(() => write("... "), LONGEST_SILENCE).unref();
  return (line) => {
    last = line;
    write("");
    ticker.refresh();
  };
}
