import type { MemberBeside } from "./memberBeside.js";
import type { OpenService } from "./openService.js";
import type { Voice } from "./voice.js";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** As a shell tells of a process that a signal has ended. */
const INTERRUPTED = 130;

/**
 * Comes back when a signal asks the process to stop; a second one ends it at once. To be called before anybody is told that the process runs: whoever is told
 * may ask it to stop at that moment.
 */
export function stopSignal(voice: Voice): Promise<void> {
  let signals = 0;
  return new Promise((resolve) => {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (++signals > 1) process.exit(INTERRUPTED);
        voice.say("Stopping: what is under way is ended first. Once more to stop at once.");
        resolve();
      });
    }
  });
}

/**
 * Runs a node until it is asked to stop: what is under way is ended first.
 * @throws What time does not help with.
 */
export async function runUntilStopped(
  open: OpenService,
  voice: Voice,
  asked: Promise<void>,
  beside?: MemberBeside,
): Promise<void> {
  try {
    await Promise.race([asked, open.service.run()]);
  } finally {
    await beside?.close();
    await open.close();
    voice.end();
  }
}
