/** Logs one after the other, each behind its length in four bytes. */
export function encodeLogs(logs: readonly Uint8Array[]): Uint8Array {
  const parts = logs.flatMap((log) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(log.length);
    return [length, log];
  });
  return new Uint8Array(Buffer.concat(parts));
}

/** What `encodeLogs` was given. */
export function decodeLogs(encoded: Uint8Array): Uint8Array[] {
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.length);
  const logs: Uint8Array[] = [];
  for (let at = 0; at < encoded.length;) {
    const length = view.getUint32(at);
    logs.push(encoded.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return logs;
}
