// Passkeys in real Chromium, with its virtual authenticator, against `serve --dev`: `node --test passkeys.test.mjs`,
// with the authority's dev.json in TOKENWARD_DEV_JSON.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import https from "node:https";
import { after, afterEach, before, test } from "node:test";

import { World } from "./world.mjs";

/** @type {World} */
let world;
let contexts = [];

before(async () => {
  world = await World.start(process.env.TOKENWARD_DEV_JSON);
});
afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  contexts = [];
  world.middle.reset();
});
after(() => world?.stop());

test("a page enrols a passkey, and goes on with the session once its user is verified", async () => {
  const ada = await somebody("ada");
  const made = await ada.run((session) => session.addPasskey("my laptop"));
  assert.equal(made.name, "my laptop");
  assert.deepEqual(await ada.names(), ["my laptop"]);

  // A renewal asks nobody; it only finds out that somebody must be asked.
  assert.equal(await ada.run((session) => session.refresh().then(() => session.state)), "locked");
  assert.equal((await ada.post("/refresh")).status, 401);
  assert.equal(await ada.run((session) => session.unlock()), true);

  const { claims } = await ada.get("");
  assert.deepEqual(claims.amr, ["mfa", "pop", "user"]);
  const [credential] = await ada.credentials();
  assert.ok(credential.signCount >= 2, "the device counts");
});

test("near its end the session waits, and goes on after a click", async () => {
  const ada = await somebody("eve");
  await ada.run((session) => session.addPasskey("my laptop"));
  const script = readFileSync("passkeys-page.js", "utf8").replace(/^import .*$/m, "");
  await ada.page.evaluate(() => {
    document.body.replaceChildren();
    for (const id of ["unlock", "add"]) {
      const button = Object.assign(document.createElement("button"), { id, textContent: id });
      button.hidden = id === "unlock";
      document.body.append(button);
    }
    // As if four minutes had passed since the token was given out.
    const real = fetch;
    globalThis.fetch = async (input, init) => {
      const answer = await real(input, init);
      if (new URL(answer.url).pathname !== "/session" || globalThis.unlocked) return answer;
      return new Response(JSON.stringify({ expires_in: 2 }), answer);
    };
  });
  await ada.page.evaluate(`(async () => {
    const { Session } = await import("/session/tokenward.js");
    ${script}
    globalThis.page = session;
  })()`);
  await ada.page.evaluate(() => page.refresh());
  await ada.page.locator("#unlock").waitFor();
  assert.equal(await ada.page.evaluate(() => page.state), "locked");

  await ada.page.evaluate(() => (globalThis.unlocked = true));
  await ada.page.click("#unlock");

  await ada.page.locator("#unlock").waitFor({ state: "hidden" });
  assert.equal(await ada.page.evaluate(() => page.state), "live");
});

test("no refresh without a user whom the device has verified", async () => {
  const ada = await somebody("ivo");
  await ada.run((session) => session.addPasskey("my laptop"));

  await ada.device("setUserVerified", { isUserVerified: false });
  await assert.rejects(ada.run((session) => session.unlock()));
  // A page that asks for less than it was told to gets an answer of the device, which counts for nothing.
  const bare = await ada.sign((options) => (options.userVerification = "discouraged"));
  const refused = await ada.post("/refresh", { assertion: bare });
  assert.deepEqual([refused.status, refused.error], [401, "insufficient_user_authentication"]);

  await ada.device("setUserVerified", { isUserVerified: true });
  assert.equal(await ada.run((session) => session.unlock()), true);
});

test("a refresh cookie that was stolen into another profile is worth nothing there", async () => {
  const ada = await somebody("mia");
  await ada.run((session) => session.addPasskey("my laptop"));
  const stolen = (await ada.context.cookies()).filter((cookie) => cookie.name === "__Host-refresh");
  const thief = await somebody("mallory");
  await thief.run((session) => session.addPasskey("the thief's"));
  await thief.context.addCookies(stolen);
  const held = (await ada.context.cookies()).find((cookie) => cookie.name === "__Host-access");

  const refused = await thief.post("/refresh");
  assert.deepEqual([refused.status, refused.error], [401, "insufficient_user_authentication"]);
  // No device of his has what the authority asks for, and what one signs all the same does not count.
  await assert.rejects(thief.run((session) => session.unlock()));
  const own = await thief.sign((options) => (options.allowCredentials = []));
  assert.equal((await thief.post("/refresh", { assertion: own })).error, "insufficient_user_authentication");
  // With the access cookie as well he adds no device of his own.
  await thief.context.addCookies([held]);
  await assert.rejects(thief.run((session) => session.addPasskey("another of the thief's")));

  assert.equal(await ada.run((session) => session.unlock()), true);
  assert.deepEqual(await ada.names(), ["my laptop"]);
});

test("an assertion counts once, and from the listed origins alone", async () => {
  const ada = await somebody("noa");
  await ada.run((session) => session.addPasskey("my laptop"));
  const signed = await ada.sign();
  assert.equal((await ada.post("/refresh", { assertion: signed })).status, 200);
  assert.equal((await ada.post("/refresh", { assertion: signed })).error, "insufficient_user_authentication");

  // Another port of the same host: the same passkeys and the same cookies, and an origin that nobody listed.
  await ada.page.goto(world.middle.origin);
  await ada.load();
  const elsewhere = await ada.sign();
  await ada.page.goto(world.dev.demo_url);
  await ada.load();
  assert.equal((await ada.post("/refresh", { assertion: elsewhere })).error, "insufficient_user_authentication");
  assert.equal(await ada.run((session) => session.unlock()), true);
});

test("a device that was removed takes its sessions with it", async () => {
  const ada = await somebody("lea");
  const phone = await ada.run((session) => session.addPasskey("my phone"));
  await ada.secondDevice();
  await ada.run((session) => session.addPasskey("my key"));
  const other = await somebody("lea");
  await other.giveDevice(await ada.credentials());
  assert.equal(await other.run((session) => session.unlock()), true);
  assert.deepEqual(await ada.names(), ["my phone", "my key"]);

  // The phone is lost; the key says that it may go.
  await ada.loseDevice();
  await ada.run((session, id) => session.removePasskey(id), phone.id);

  assert.deepEqual(await ada.names(), ["my key"]);
  assert.equal((await other.get("")).error, "invalid_token");
  assert.equal((await other.post("/refresh/challenge")).error, "invalid_token");
  assert.equal(await ada.run((session) => session.unlock()), true);
});

test("a counter that goes back ends the session", async () => {
  const ada = await somebody("pia");
  await ada.run((session) => session.addPasskey("my laptop"));
  const [copied] = await ada.credentials();
  for (let times = 0; times < 3; times += 1) assert.equal(await ada.run((session) => session.unlock()), true);

  await ada.giveDevice([copied]);

  assert.equal(await ada.run((session) => session.unlock().then(() => session.state)), "ended");
  assert.equal((await ada.get("")).error, "invalid_token");
});

/** A browser profile of somebody with a passkey session, and one device in it. */
async function somebody(name) {
  const { audience, client_id, client_secret, base_url, demo_url } = world.dev;
  const body = { subject: `passkeys-${name}`, audience, delivery: "cookie", refresh: "passkey" };
  const basic = Buffer.from(`${client_id}:${client_secret}`).toString("base64");
  const made = await send(`${base_url}/v1/sessions`, `Basic ${basic}`, body);
  const context = await world.browser.newContext();
  contexts.push(context);
  const cookies = made.set_cookie.map((line) => /^([^=]+)=([^;]+)/.exec(line));
  await context.addCookies(cookies.map(([, name, value]) => ({ name, value, url: demo_url, secure: true, httpOnly: true, sameSite: "Strict" })));
  const page = await context.newPage();
  const person = new Person(context, page);
  await page.goto(demo_url);
  await person.start();
  return person;
}

class Person {
  constructor(context, page) {
    Object.assign(this, { context, page });
  }

  async start() {
    this.cdp = await this.context.newCDPSession(this.page);
    await this.cdp.send("WebAuthn.enable");
    this.authenticator = await this.newDevice("internal");
    await this.load();
  }

  async load() {
    await this.page.evaluate(async () => {
      const { Session } = await import("/session/tokenward.js");
      globalThis.session = new Session();
      // What it finds out when it begins must not come in between.
      while (session.state === "unknown") await new Promise((go) => setTimeout(go, 10));
    });
  }

  async newDevice(transport) {
    const options = {
      protocol: "ctap2", transport, hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
      automaticPresenceSimulation: true,
    };
    return (await this.cdp.send("WebAuthn.addVirtualAuthenticator", { options })).authenticatorId;
  }

  async secondDevice() {
    this.second = await this.newDevice("usb");
  }

  async loseDevice() {
    await this.cdp.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId: this.authenticator });
  }

  /** Puts these credentials in the place of those that the device has. */
  async giveDevice(credentials) {
    await this.device("clearCredentials");
    for (const credential of credentials) await this.device("addCredential", { credential });
  }

  device(what, more = {}) {
    return this.cdp.send(`WebAuthn.${what}`, { authenticatorId: this.authenticator, ...more });
  }

  async credentials() {
    return (await this.device("getCredentials")).credentials;
  }

  /** Does something with the page's session. */
  run(work, argument) {
    return this.page.evaluate(`(${work})(globalThis.session, ${JSON.stringify(argument)})`);
  }

  async names() {
    return (await this.run((session) => session.passkeys())).map(({ name }) => name);
  }

  get(path) {
    return this.page.evaluate(async (path) => (await fetch(`/session${path}`)).json(), path);
  }

  /** What the authority says to a POST of the page: its status, and its body. */
  post(path, body) {
    return this.page.evaluate(
      async ([path, body]) => {
        const headers = { "content-type": "application/json" };
        const init = { method: "POST", ...(body && { headers, body: JSON.stringify(body) }) };
        const answer = await fetch(`/session${path}`, init);
        return { status: answer.status, ...(await answer.json().catch(() => ({}))) };
      },
      [path, body],
    );
  }

  /** What the device signs for the next refresh, after `change` of what the authority asks. */
  sign(change = () => undefined) {
    return this.page.evaluate(`(async () => {
      const answer = await fetch("/session/refresh/challenge", { method: "POST" });
      const { publicKey } = await answer.json();
      (${change})(publicKey);
      const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
      return (await navigator.credentials.get({ publicKey: options })).toJSON();
    })()`);
  }
}

function send(url, authorization, body) {
  return new Promise((go, fail) => {
    const headers = { authorization, "content-type": "application/json" };
    const request = https.request(url, { method: "POST", ca: world.ca, headers }, async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      go(JSON.parse(Buffer.concat(parts).toString()));
    });
    request.on("error", fail);
    request.end(JSON.stringify(body));
  });
}
