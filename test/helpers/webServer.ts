import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A web server of a test's own, on a free port of this machine. */
export class WebServer {
  /** The paths that it was asked for, with their queries, in order. */
  public readonly asked: string[] = [];

  private constructor(private readonly server: Server) {}

  /** Starts one; `answer` is the body of a 200 as JSON, or writes what it likes and gives nothing. */
  public static async start(answer: (path: URL, response: ServerResponse) => unknown): Promise<WebServer> {
    const server = createServer();
    const started = new WebServer(server);
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const path = new URL(request.url ?? "/", "http://localhost");
      started.asked.push(`${path.pathname}${path.search}`);
      const body = answer(path, response);
      if (body !== undefined) response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return started;
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Drops what it is connected to, too. */
  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
