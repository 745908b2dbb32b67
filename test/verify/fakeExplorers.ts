import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What was submitted for one contract. */
export interface Submission {
  readonly address: string;
  /** `file:contract`. */
  readonly contract: string;
  readonly compiler: string;
  /** Standard JSON. */
  readonly input: string;
  readonly constructorArguments: string;
}

/** Whether a submission gives the code that is deployed. */
export type Judge = (submission: Submission) => Promise<boolean>;

/** Speaks as Etherscan (version 2) and as Sourcify (version 2) do, and judges what is submitted as they do: by compiling it. */
export class FakeExplorers {
  public readonly submissions: Submission[] = [];
  /** Clones, and what they were said to run. */
  public readonly links: (readonly [address: string, implementation: string])[] = [];
  /** Keys that were sent along. */
  public readonly keys = new Set<string>();
  private readonly verified = new Set<string>();
  private readonly verdicts = new Map<string, boolean>();

  private constructor(
    private readonly server: Server,
    private readonly judge: Judge,
  ) {}

  public static async start(judge: Judge): Promise<FakeExplorers> {
    const server = createServer();
    const fake = new FakeExplorers(server, judge);
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      fake.answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return fake;
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const isEtherscan = url.pathname === "/api";
    const { status, answer } = isEtherscan
      ? { status: 200, answer: await this.etherscan(url.searchParams, new URLSearchParams(body)) }
      : await this.sourcify(url.pathname, body);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }

  private async etherscan(query: URLSearchParams, form: URLSearchParams): Promise<object> {
    this.keys.add(query.get("apikey") ?? "");
    const ok = (result: unknown): object => ({ status: "1", message: "OK", result });
    const no = (result: unknown): object => ({ status: "0", message: "NOTOK", result });
    switch (query.get("action")) {
      case "getsourcecode":
        return ok([{ SourceCode: this.verified.has(query.get("address") ?? "") ? "there" : "" }]);
      case "verifysourcecode":
        return ok(
          await this.submit({
            address: form.get("contractaddress") ?? "",
            contract: form.get("contractname") ?? "",
            compiler: form.get("compilerversion") ?? "",
            input: form.get("sourceCode") ?? "",
            constructorArguments: form.get("constructorArguments") ?? "",
          }),
        );
      case "checkverifystatus":
        return this.verdicts.get(query.get("guid") ?? "") ? ok("Pass - Verified") : no("Fail - Unable to verify");
      case "verifyproxycontract":
        this.links.push([form.get("address") ?? "", form.get("expectedimplementation") ?? ""]);
        return ok(`proxy ${this.links.length}`);
      case "checkproxyverification":
        return ok("The proxy's implementation contract is found and is successfully updated.");
      default:
        return no("Invalid action");
    }
  }

  private async sourcify(path: string, body: string): Promise<{ readonly status: number; readonly answer: object }> {
    const [, , kind, chain, address] = path.split("/");
    if (kind === "contract") {
      const match = this.verified.has(address) ? "exact_match" : null;
      return { status: match === null ? 404 : 200, answer: { match, creationMatch: match, runtimeMatch: match } };
    }
    if (address === undefined) {
      const match = this.verdicts.get(chain) ? "exact_match" : null;
      const error = match === null ? { customCode: "no_match", message: "The code is another." } : undefined;
      return { status: 200, answer: { isJobCompleted: true, verificationId: chain, error, contract: { match } } };
    }
    const { stdJsonInput, contractIdentifier, compilerVersion } = JSON.parse(body) as {
      readonly stdJsonInput: object;
      readonly contractIdentifier: string;
      readonly compilerVersion: string;
    };
    const verificationId = await this.submit({
      address,
      contract: contractIdentifier,
      compiler: `v${compilerVersion}`,
      input: JSON.stringify(stdJsonInput),
      constructorArguments: "",
    });
    return { status: 202, answer: { verificationId } };
  }

  private async submit(submission: Submission): Promise<string> {
    this.submissions.push(submission);
    const guid = `job-${this.submissions.length}`;
    const verdict = await this.judge(submission);
    this.verdicts.set(guid, verdict);
    if (verdict) this.verified.add(submission.address);
    return guid;
  }
}
