import type { Logger } from "pino";

import type { Console } from "../console/console.js";
import { Timeline } from "../console/timeline.js";
import type { LogLevel } from "./nodeConfig.js";
import type { NodeService, ServiceEvent } from "./nodeService.js";
import { logEvent, serviceLog } from "./serviceLog.js";
import { StatusLine } from "./statusLine.js";

/** How a node speaks: lines and a status line to people at a terminal, JSON to whoever collects logs. */
export class Voice {
  private readonly log: Logger | undefined;
  private readonly timeline: Timeline;
  private line: StatusLine | undefined;

  /** @param form What it speaks; text at a terminal, else JSON, if absent. */
  public constructor(
    private readonly out: Console,
    chain: string,
    level: LogLevel,
    form: "text" | "json" | undefined,
  ) {
    const isText = (form ?? (process.stderr.isTTY ? "text" : "json")) === "text";
    this.log = isText ? undefined : serviceLog(chain, level);
    this.timeline = new Timeline({ line: (text) => this.print(text ?? "") });
  }

  /** What its user waits for. */
  public say(text: string): void {
    if (this.log === undefined) this.print(text);
    else this.log.info(text);
  }

  public warn(text: string): void {
    if (this.log === undefined) this.print(text);
    else this.log.warn(text);
  }

  public tell(event: ServiceEvent): void {
    if (this.log === undefined) this.timeline.party(event.party)(event.event);
    else logEvent(this.log, event);
  }

  /** Shows how a service is doing, where there is somebody to look. */
  public show(service: NodeService): void {
    if (this.log !== undefined || !process.stderr.isTTY) return;
    this.line = new StatusLine(service, process.stderr);
    this.line.start();
  }

  public end(): void {
    this.line?.stop();
    this.line = undefined;
  }

  private print(text: string): void {
    if (this.line === undefined) this.out.note(text);
    else this.line.print(text);
  }
}
