import { fastify, type FastifyError, type FastifyInstance, type FastifyReply } from "fastify";
import type { z } from "zod";

import { RollupError } from "../errors.js";
import { describeIssues } from "./describeIssues.js";
import { HttpError, Status } from "./httpError.js";

/** What a server bears from strangers. Times in milliseconds. */
export interface ServerLimits {
  /** The longest body of a request, in bytes. */
  readonly body: number;
  /** How long a request may take to arrive. */
  readonly request: number;
  /** How long a connection may be idle. */
  readonly idle: number;
  readonly connections: number;
}

/** What is sent where a request is refused. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * A server without paths. Whatever comes in, what goes out is an answer or a `Refusal`.
 * @param who For people, where something is wrong with it: `this member`.
 */
export function httpServer(who: string, limits: ServerLimits): FastifyInstance {
  const server = fastify({
    logger: false,
    bodyLimit: limits.body,
    requestTimeout: limits.request,
    connectionTimeout: limits.request,
    keepAliveTimeout: limits.idle,
    forceCloseConnections: true,
    http: { headersTimeout: limits.request, connectionsCheckingInterval: Math.min(limits.request, 5_000) },
    frameworkErrors: (error, _request, reply) => void refuse(who, error, reply),
    clientErrorHandler: (_error, socket) => void socket.destroy(),
  });
  server.removeContentTypeParser("text/plain");
  server.server.maxConnections = limits.connections;
  server.setErrorHandler((error: FastifyError, _request, reply) => refuse(who, error, reply));
  server.setNotFoundHandler((request, reply) => refuse(who, noSuchPath(request.method, request.url), reply));
  return server;
}

/** Listens, on a free port if it is 0; gives its address. @throws {RollupError} `ADDRESS_IN_USE`, `ADDRESS_UNUSABLE`. */
export async function listen(server: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await server.listen({ host, port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const facts = { host, port, reason: message, do: "choose another --port, from 1024 to 65535, or --host" };
    if (code === "EADDRINUSE") throw new RollupError("ADDRESS_IN_USE", "Another program listens there.", facts);
    throw new RollupError("ADDRESS_UNUSABLE", "Nobody can listen there.", facts);
  }
}

/** What was sent, as a schema has it. @throws {HttpError} `REQUEST_INVALID`, with everything that is wrong. */
export function given<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return data;
  throw new HttpError(Status.BadRequest, "REQUEST_INVALID", "The request cannot be read.", {
    reason: describeIssues(error),
  });
}

async function refuse(who: string, error: unknown, reply: FastifyReply): Promise<FastifyReply> {
  const { status, code, sentence, facts } = error instanceof HttpError ? error : translate(who, error as FastifyError);
  const body: Refusal = { code, message: sentence, facts: plain(facts) };
  if (status === Status.NotYet) void reply.header("retry-after", "1");
  return reply.status(status).send(body);
}

/** What the web framework refuses by itself, and what nobody has foreseen: of that no more is said than that it happened. */
function translate(who: string, { code, statusCode, message }: FastifyError): HttpError {
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") return new HttpError(Status.TooLarge, "BODY_TOO_LARGE", message);
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return new HttpError(Status.Unsupported, "NOT_JSON", message);
  if (statusCode === Status.Busy) return new HttpError(Status.Busy, "TOO_MANY_REQUESTS", message);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new HttpError(Status.BadRequest, "REQUEST_INVALID", "The request cannot be read.", { reason: message });
  }
  return new HttpError(Status.Internal, "INTERNAL", `Something is wrong with ${who}.`);
}

function noSuchPath(method: string, url: string): HttpError {
  return new HttpError(Status.NotFound, "PATH_UNKNOWN", "There is nothing here.", {
    given: `${method} ${url.slice(0, 200)}`,
  });
}

/** JSON has no bigints. */
function plain(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(facts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === "bigint" ? jsonNumber(value) : value]),
  );
}

/** A number where it is exact, else its digits. */
function jsonNumber(value: bigint): number | string {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= 0n ? Number(value) : value.toString();
}
