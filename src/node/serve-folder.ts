import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import sirv from "sirv";
import { ConfigError } from "../errors.ts";
import { systemCode } from "./file-error.ts";

/** A folder that is being served to this machine. */
export interface ServedFolder {
  readonly url: string;
  /** Ends the server, open connections included. */
  close(): Promise<void>;
}

/** How a folder is served. */
export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Sent with every file. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Serves the files of a folder to browsers on this machine (127.0.0.1), and to nobody else.
 *
 * @throws ConfigError when the port is taken or may not be used.
 */
export async function serveFolder(folder: string, { port, headers }: ServeOptions): Promise<ServedFolder> {
  const setHeaders = (response: { setHeader(name: string, value: string): unknown }) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  };
  const files = sirv(folder, { etag: true, setHeaders });
  const server = createServer((request, response) => {
    files(request, response, () => {
      response.writeHead(404, { "content-type": "text/plain" }).end("There is no such file here.\n");
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) => reject(refused(port, cause)));
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function refused(port: number, cause: unknown): ConfigError {
  const code = systemCode(cause);
  const why = code === "EADDRINUSE" ? "is taken" : code === "EACCES" ? "may not be used" : `cannot be used (${code})`;
  return new ConfigError(`port ${port} ${why}; name another with --port, or 0 for any that is free`, { cause });
}
