// A real Chromium that trusts the local CA alone, a proxy in front of the demo that sees and disturbs what goes
// through, and sites of strangers.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { chromium } from "playwright-core";

const OPTIONS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
  // A snapshot of the memory would otherwise have 1,024 characters of a text, and no token that comes later.
  "--js-flags=--heap-snapshot-string-limit=100000000",
  // A site of strangers: its name leads to this machine, and is another site all the same.
  "--host-resolver-rules=MAP stranger.example 127.0.0.1",
];

export class World {
  /** Starts everything that the tests of one file share. @param {string} devFile */
  static async start(devFile) {
    const world = new World();
    world.dev = JSON.parse(readFileSync(devFile, "utf8"));
    const tls = dirname(world.dev.ca_file);
    world.tls = { cert: readFileSync(join(tls, "cert.pem")), key: readFileSync(join(tls, "key.pem")) };
    world.ca = readFileSync(world.dev.ca_file);
    world.home = mkdtempSync(join(tmpdir(), "tokenward-chromium-"));
    const store = join(world.home, ".pki/nssdb");
    mkdirSync(store, { recursive: true });
    const certutil = (...rest) => execFileSync("certutil", ["-d", `sql:${store}`, ...rest]);
    certutil("-N", "--empty-password");
    certutil("-A", "-n", "tokenward", "-t", "C,,", "-i", world.dev.ca_file);
    world.middle = await Middle.start(world);
    world.browser = await chromium.launch({
      executablePath: process.env.TOKENWARD_TEST_CHROMIUM ?? "/usr/bin/chromium",
      args: OPTIONS,
      env: { ...process.env, HOME: world.home, XDG_DATA_HOME: join(world.home, "none") },
    });
    return world;
  }

  async stop() {
    await this.browser.close();
    this.middle.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  /** A browser of somebody who has logged in: their context, and the shop's page. */
  async shopper(name, options = {}) {
    const context = await this.browser.newContext(options);
    const page = await context.newPage();
    await page.goto(this.middle.origin);
    await page.fill("#name", name);
    await page.click("#login button");
    await page.locator("#who", { hasText: name }).waitFor();
    return { context, page };
  }

  /** A site of strangers that serves `html`, by plain HTTP, or on another port of the shop's own host. */
  async stranger(html, { sameSite = false } = {}) {
    const serve = (_, answer) => answer.setHeader("content-type", "text/html").end(html);
    const server = sameSite ? https.createServer(this.tls, serve) : http.createServer(serve);
    const port = await listen(server);
    const origin = sameSite ? `https://localhost:${port}` : `http://stranger.example:${port}`;
    return { origin, stop: () => stop(server) };
  }
}

/** Stands between the browser and the demo, with the demo's certificate. */
export class Middle {
  /** What went through: `{ method, path, cookie, site, status, headers, setCookie, body }`. */
  seen = [];
  /**
   * Told of each request: `{ lose: true }` forwards it and cuts the answer off, `{ hang: true }` forwards it and
   * keeps the answer, `{ answer }` gives another.
   */
  disturb = () => undefined;
  /** Pages of another application on the same host: path to type and text. */
  pages = {};
  /** Sees each answer's JSON and may change it. */
  rewrite = (_path, json) => json;

  static async start(world) {
    const middle = new Middle();
    const upstream = new URL(world.dev.demo_url);
    middle.server = https.createServer(world.tls, async (request, answer) => {
      const body = await text(request);
      const { method, url: path, headers } = request;
      const entry = { method, path, cookie: headers.cookie ?? "", site: headers["sec-fetch-site"] };
      middle.seen.push(entry);
      if (middle.pages[path]) {
        const [type, text] = middle.pages[path];
        Object.assign(entry, { status: 200, headers: {}, setCookie: [], body: "" });
        return answer.setHeader("content-type", type).end(text);
      }
      const { lose, hang, answer: other } = middle.disturb(entry) ?? {};
      if (other) {
        Object.assign(entry, { status: other.status, headers: {}, setCookie: [], body: "" });
        return answer.writeHead(other.status, other.headers).end();
      }
      const forward = https.request(
        { host: upstream.hostname, port: upstream.port, ca: world.ca, method, path, headers },
        async (reply) => {
          const { "set-cookie": setCookie = [], ...rest } = reply.headers;
          let said = await text(reply);
          if (/json/.test(rest["content-type"] ?? "") && said) {
            said = JSON.stringify(middle.rewrite(path, JSON.parse(said), method));
            delete rest["content-length"];
          }
          Object.assign(entry, { status: reply.statusCode, headers: rest, setCookie, body: said });
          if (hang) return;
          // Were there nothing at all, the browser itself would ask again.
          if (lose) return request.socket.end("HTTP/1.1 200 OK\r\nset-c");
          answer.writeHead(reply.statusCode, { ...rest, "set-cookie": setCookie }).end(said);
        },
      );
      forward.on("error", () => request.socket.destroy());
      forward.end(body);
    });
    middle.origin = `https://localhost:${await listen(middle.server)}`;
    return middle;
  }

  /** As if nothing had gone through yet, undisturbed from here on. */
  reset() {
    this.seen = [];
    this.pages = {};
    this.disturb = () => undefined;
    this.rewrite = (_path, json) => json;
  }

  /** The requests of this method and path. */
  of(method, path) {
    return this.seen.filter((one) => one.method === method && one.path === path);
  }

  /** The values that answers set our cookies to. */
  tokens() {
    const set = this.seen.flatMap((one) => one.setCookie ?? []);
    const values = set.map((line) => /^__Host-(?:access|refresh)=([^;]+)/.exec(line)?.[1]);
    return [...new Set(values.filter(Boolean))];
  }

  stop() {
    stop(this.server);
  }
}

async function text(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

function listen(server) {
  return new Promise((go) => server.listen(0, "127.0.0.1", () => go(server.address().port)));
}

function stop(server) {
  server.close();
  server.closeAllConnections();
}
