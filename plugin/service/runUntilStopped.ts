import type { MemberBeside } from "./memberBeside.js";
import type { OpenService } from "./openService.js";
import type { Voice } from "./voice.js";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** As a shell tells of a process that a signal has ended. */
const INTERRUPTED = 130;

/**
 * Runs a node until a signal asks it to stop: what is under way is ended first, unless a second signal comes.
 * @throws What time does not help with.
 */
export async function runUntilStopped(open: OpenService, voice: Voice, beside?: MemberBeside): Promise<void> {
  let signals = 0;
  const asked = new Promise<void>((resolve) => {
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        if (++signals > 1) process.exit(INTERRUPTED);
        voice.say("Stopping: what is under way is ended first. Once more to stop at once.");
        resolve();
      });
    }
  });
  try {
    await Promise.race([asked, open.service.run()]);
  } finally {
    await beside?.close();
    await open.close();
    voice.end();
  }
}
