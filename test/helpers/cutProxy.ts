import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Whether a transaction that is cut reaches the node. */
export type Cut = "before" | "after";

const SENDS = ["eth_sendTransaction", "eth_sendRawTransaction"];

/** Stands between a client and a node, and breaks the connection when a transaction is sent. */
export class CutProxy {
  /** How many transactions have reached the node. */
  public sent = 0;
  private allowed = Number.POSITIVE_INFINITY;
  private cut: Cut = "before";
  private onCut: () => void = () => undefined;

  private constructor(
    private readonly server: Server,
    private readonly upstream: string,
  ) {}

  public static async start(upstream: string): Promise<CutProxy> {
    const server = createServer();
    const proxy = new CutProxy(server, upstream);
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      proxy.pass(request, response).catch(() => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** So many more transactions pass, and what follows is cut; with `after` the last one that passes gets no answer. */
  public cutAfter(count: number, cut: Cut, onCut: () => void = () => undefined): void {
    [this.allowed, this.cut, this.onCut] = [count, cut, onCut];
  }

  /** All pass from now on. */
  public mend(): void {
    this.allowed = Number.POSITIVE_INFINITY;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const { method } = JSON.parse(body) as { readonly method: string };
    const isSend = SENDS.includes(method);
    if (isSend && this.allowed <= 0) return this.break(response);
    const answer = await fetch(this.upstream, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const text = await answer.text();
    if (isSend) {
      this.sent += 1;
      this.allowed -= 1;
      if (this.allowed <= 0 && this.cut === "after") return this.break(response);
    }
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(text);
  }

  private break(response: ServerResponse): void {
    this.allowed = 0;
    this.onCut();
    response.destroy();
  }
}
