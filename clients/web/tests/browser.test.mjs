// What a browser must hold, in real Chromium against `serve --dev`: `node --test browser.test.mjs`, with the
// authority's dev.json in TOKENWARD_DEV_JSON.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import https from "node:https";
import { after, afterEach, before, describe, test } from "node:test";

import { World } from "./world.mjs";

/** @type {World} */
let world;
let middle;
let contexts = [];

before(async () => {
  world = await World.start(process.env.TOKENWARD_DEV_JSON);
  middle = world.middle;
});
afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  contexts = [];
  middle.reset();
});
after(() => world?.stop());

async function shopper(name, options) {
  const shopper = await world.shopper(name, options);
  contexts.push(shopper.context);
  return shopper;
}

describe("what a script can reach", () => {
  test("an injected script finds no token, wherever it looks", async () => {
    const { page } = await shopper("thea");
    await page.click("#renew");
    await page.locator(".buy").first().click();
    await page.locator("#orders", { hasText: "tea" }).waitFor();
    const tokens = middle.tokens();
    assert.ok(tokens.length >= 4, "the tokens of a login and of a renewal went by");

    const found = await page.evaluate(async () => {
      localStorage.setItem("planted", "planted-in-storage");
      await (await caches.open("planted")).put("/planted", new Response("planted-in-a-cache"));
      await new Promise((go) => {
        const opening = indexedDB.open("planted");
        opening.onupgradeneeded = () => opening.result.createObjectStore("one").put({ text: "planted-in-a-database" }, "key");
        opening.onsuccess = () => go(opening.result.close());
      });
      const entries = [];
      for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
          const kept = await cache.match(request);
          entries.push([request.url, [...request.headers], [...kept.headers], await kept.text()]);
        }
      }
      for (const { name } of await indexedDB.databases()) {
        const database = await new Promise((go) => (indexedDB.open(name).onsuccess = ({ target }) => go(target.result)));
        for (const store of database.objectStoreNames) {
          const all = database.transaction(store).objectStore(store);
          const read = (request) => new Promise((go) => (request.onsuccess = () => go(request.result)));
          entries.push([name, store, ...(await Promise.all([read(all.getAllKeys()), read(all.getAll())]))]);
        }
        database.close();
      }
      const answers = await Promise.all(["/session", "/api/me"].map((path) => fetch(path)));
      const texts = await Promise.all(answers.map((answer) => answer.text()));
      const headers = answers.map((answer) => JSON.stringify([...answer.headers]));
      return [document.cookie, { ...localStorage }, { ...sessionStorage }, entries, texts, headers].map((one) => JSON.stringify(one)).join();
    });
    for (const planted of ["shopper-thea", "planted-in-storage", "planted-in-a-cache", "planted-in-a-database"]) {
      assert.ok(found.includes(planted), `it looked for ${planted}`);
    }
    // As long as a token, and as deep in a text as an answer that was kept whole would have it.
    const marker = `planted.${randomBytes(Math.max(...tokens.map((one) => one.length))).toString("base64url")}`;
    const memory = await heap(page, JSON.stringify({ orders: Array(300).fill("tea, tea"), access_token: marker }));
    assert.ok(memory.includes(marker), "all of the memory was searched");
    const answers = JSON.stringify(middle.seen.map(({ headers, body }) => [headers, body]));
    for (const token of tokens) {
      for (const place of [found, memory, answers]) assert.ok(!place.includes(token));
    }
  });

  test("markup that is written into the page runs nothing", async () => {
    const { page } = await shopper("ivo");

    const ran = await page.evaluate(() => {
      const ways = [
        () => (document.body.innerHTML = "<img src=x onerror='ran = 1'>"),
        () => document.body.setAttribute("onclick", "ran = 1"),
        () => {
          const script = document.createElement("script");
          script.append("ran = 1");
          document.body.append(script);
        },
      ];
      for (const way of ways) {
        try {
          way();
        } catch {
          // Some are refused at once, others when they would run.
        }
      }
      document.body.click();
      return "ran" in globalThis;
    });

    assert.equal(ran, false);
  });
});

describe("other sites", () => {
  const forms = (origin) => `<!doctype html><title>stranger</title>
    <form id="order" method="post" enctype="text/plain" action="${origin}/api/orders"><input name='{"item":"tea","x":"' value='"}'></form>
    <form id="out" method="post" action="${origin}/session/logout"></form>
    <form id="in" method="post" enctype="text/plain" action="${origin}/login"><input name='{"name":"mallory","x":"' value='"}'></form>
    <a id="link" href="${origin}/api/me">a link</a>`;

  for (const sameSite of [false, true]) {
    const where = sameSite ? "another port of the same host" : "another site";

    test(`a page on ${where} orders nothing, logs nobody out, and nobody in`, async () => {
      const { context, page } = await shopper("carol");
      const stranger = await world.stranger(forms(middle.origin), { sameSite });
      for (const form of ["order", "out", "in"]) {
        const evil = await context.newPage();
        await evil.goto(stranger.origin);
        const answered = evil.waitForResponse((answer) => answer.url().startsWith(middle.origin));
        await evil.evaluate((id) => document.getElementById(id).submit(), form);
        assert.ok([401, 403].includes((await answered).status()), form);
      }
      const evil = await context.newPage();
      await evil.goto(stranger.origin);
      const read = await evil.evaluate(async (origin) => {
        const options = { method: "POST", credentials: "include", body: '{"item":"tea"}' };
        const answers = ["/api/orders", "/session/refresh", "/session/logout"].map((path) => fetch(origin + path, options).then(() => "read", () => "blocked"));
        const keeps = ["/session", "/api/me"].map((path) => fetch(origin + path, { credentials: "include" }).then(() => "read", () => "blocked"));
        return Promise.all([...answers, ...keeps]);
      }, middle.origin);
      stranger.stop();

      assert.deepEqual(new Set(read), new Set(["blocked"]));
      const changes = middle.seen.filter((one) => one.method === "POST" && one.site !== "same-origin");
      assert.equal(changes.length, 6);
      for (const change of changes) {
        assert.ok([401, 403].includes(change.status), `${change.path}: ${change.status}`);
        assert.deepEqual(change.setCookie, []);
        // Another port is the same site: there the cookies come along, and the check alone refuses.
        assert.equal(change.cookie.includes("__Host-"), sameSite);
      }
      await page.reload();
      await page.locator("#who", { hasText: "carol" }).waitFor();
      assert.equal(await page.textContent("#orders"), "none yet");
    });
  }

  test("a stranger's page cannot put the shop into a frame", async () => {
    const { context } = await shopper("fred");
    const stranger = await world.stranger(`<iframe src="${middle.origin}/"></iframe>`, { sameSite: true });
    const evil = await context.newPage();
    const refused = evil.waitForEvent("console", (message) => /frame-ancestors/.test(message.text()));
    await evil.goto(stranger.origin);

    await refused;
    assert.equal(await evil.frames()[1].locator("#attacks").count(), 0);
    stranger.stop();
  });

  test("a link from another site works, though its first request carries no cookie", async () => {
    const { context } = await shopper("lena");
    const stranger = await world.stranger(forms(middle.origin));
    const page = await context.newPage();
    await page.goto(stranger.origin);
    middle.reset();
    await page.click("#link");

    await page.getByText("shopper-lena").waitFor();
    const [first, second] = middle.of("GET", "/api/me");
    assert.ok(!first.cookie.includes("__Host-") && second.cookie.includes("__Host-access"));
    stranger.stop();
  });
});

describe("renewal", () => {
  test("ten tabs that are refused at the same moment renew once", async () => {
    const { context } = await shopper("tom");
    let renewed = false;
    middle.rewrite = (path, json) => {
      // As if the token were older, so that a tab that has not heard of the renewal yet is told of it.
      renewed ||= path === "/session/refresh";
      return path === "/session" && !renewed ? { ...json, expires_in: 60 } : json;
    };
    const tabs = await manyTabs(context, 10, "/icon.svg");
    await context.clearCookies({ name: "__Host-access" });
    middle.reset();

    const statuses = await Promise.all(tabs.map((tab) => tab.evaluate(async () => (await session.fetch("/api/me")).status)));

    assert.deepEqual(statuses, Array(10).fill(200));
    await calm(tabs[0]);
    assert.equal(middle.of("POST", "/session/refresh").length, 1);
  });

  test("ten tabs whose token comes to its end at the same moment renew once", async () => {
    const { context } = await shopper("tina");
    let made = Date.now();
    middle.rewrite = (path, json) => {
      // As if tokens lived twelve seconds: a renewal is due after five to two.
      if (path === "/session/refresh") made = Date.now();
      return path.startsWith("/session") ? { ...json, expires_in: Math.max(1, 12 - (Date.now() - made) / 1000) } : json;
    };
    const tabs = await manyTabs(context, 10, "/icon.svg");
    await tabs[0].evaluate(() => session.refresh());
    const again = tabs.map((tab) => tab.evaluate(() => new Promise((go) => session.addEventListener("renewed", go, { once: true }))));
    middle.seen = [];

    await Promise.all(again);

    await calm(tabs[0]);
    assert.equal(middle.of("POST", "/session/refresh").length, 1);
  });

  test("a lost answer logs nobody out", async () => {
    const { page } = await shopper("lola");
    middle.reset();
    let lost = 0;
    middle.disturb = ({ path }) => (path === "/session/refresh" && lost++ === 0 ? { lose: true } : undefined);

    assert.equal(await (await withSession(page)).evaluate(() => session.refresh()), true);

    const asked = middle.of("POST", "/session/refresh");
    assert.deepEqual(asked.map((one) => one.status), [200, 200]);
    assert.equal(refreshCookie(asked[0]), refreshCookie(asked[1]), "the new cookie was lost");
    assert.equal(await page.evaluate(async () => (await session.fetch("/api/me")).status), 200);
  });

  test("answers that hang do not make a slow network look like a thief", async () => {
    const { page } = await shopper("hana");
    await withSession(page);
    middle.reset();
    let hung = 0;
    middle.disturb = ({ path }) => (path === "/session/refresh" && hung++ < 2 ? { hang: true } : undefined);

    assert.equal(await page.evaluate(() => session.refresh()), true);

    const asked = middle.of("POST", "/session/refresh");
    assert.deepEqual(asked.map((one) => one.status), [200, 200, 200], "the third came while the answer is repeated");
    assert.equal(new Set(asked.map(refreshCookie)).size, 1, "no new cookie had arrived");
    assert.equal(await page.evaluate(async () => (await session.fetch("/api/me")).status), 200);
  });

  test("who goes on to another page in the midst of a renewal stays logged in", async () => {
    const { page } = await shopper("nora");
    await withSession(page);
    middle.reset();
    const sent = page.waitForRequest((request) => request.url().endsWith("/session/refresh"));
    await page.evaluate(() => void session.refresh());
    await sent;
    await page.goto(`${middle.origin}/icon.svg`);
    await page.goto(middle.origin);
    await page.locator("#who", { hasText: "nora" }).waitFor();

    await (await withSession(page)).evaluate(() => session.refresh());

    const [first, second] = middle.of("POST", "/session/refresh");
    assert.equal(second.status, 200);
    assert.notEqual(refreshCookie(first), refreshCookie(second), "the answer had arrived");
  });

  test("a server that asks for a pause gets it, and the session lives on", async () => {
    const { page } = await shopper("rosa");
    await page.clock.install();
    await withSession(page);
    middle.disturb = ({ path }) => (path === "/session/refresh" ? { answer: { status: 503, headers: { "retry-after": "30" } } } : undefined);
    middle.seen = [];

    const tries = await page.evaluate(async () => [await session.refresh(), await session.refresh(), session.state]);
    assert.deepEqual(tries, [false, false, "live"]);
    await page.clock.runFor(29_000);
    assert.equal(await page.evaluate(() => session.refresh()), false);
    assert.equal(middle.of("POST", "/session/refresh").length, 1);

    middle.disturb = () => undefined;
    await page.clock.runFor(17_000);
    assert.equal(await page.evaluate(() => session.refresh()), true);
  });

  test("who logs in after a failure waits for no pause of the session before", async () => {
    const { page } = await shopper("lilo");
    await withSession(page);
    middle.disturb = ({ path }) => (path === "/session/refresh" ? { answer: { status: 503, headers: { "retry-after": "600" } } } : undefined);
    assert.equal(await page.evaluate(() => session.refresh()), false);
    middle.disturb = () => undefined;
    await page.evaluate(() => session.logout());

    const renewed = await page.evaluate(async () => {
      await fetch("/login", { method: "POST", body: JSON.stringify({ name: "lilo" }) });
      return session.refresh();
    });

    assert.equal(renewed, true);
    assert.equal(await page.evaluate(() => session.state), "live");
  });

  test("a session that has ended is not asked for again and again", async () => {
    const { context, page } = await shopper("egon");
    const [other] = await manyTabs(context, 1);
    await withSession(page);
    await context.clearCookies();
    middle.seen = [];

    const statuses = await page.evaluate(async () => {
      const answers = [];
      for (let n = 0; n < 10; n += 1) answers.push((await session.fetch("/api/me")).status);
      return answers;
    });

    assert.deepEqual(statuses, Array(10).fill(401));
    assert.equal(await page.evaluate(() => session.state), "ended");
    await other.locator("#login").waitFor();
    assert.equal(middle.of("POST", "/session/refresh").length, 1);
    assert.equal(middle.of("GET", "/session").length, 1);
  });

  test("what was refused is sent again only if that is safe", async () => {
    const { context, page } = await shopper("olaf");
    await withSession(page);
    const order = async (headers) => {
      await context.clearCookies({ name: "__Host-access" });
      middle.seen = [];
      const options = { method: "POST", headers: { "content-type": "application/json", ...headers }, body: '{"item":"tea"}' };
      const status = await page.evaluate(async (options) => (await session.fetch("/api/orders", options)).status, options);
      return [status, middle.of("POST", "/api/orders").length];
    };

    assert.deepEqual(await order({}), [401, 1]);
    assert.deepEqual(await order({ "idempotency-key": "one" }), [201, 2]);
    assert.equal(await page.evaluate(async () => (await session.fetch("/api/orders")).status), 200);
  });
});

describe("log-out", () => {
  test("a log-out empties the site, in every tab, and ends the session everywhere", async () => {
    const { context, page } = await shopper("luis");
    const [other] = await manyTabs(context, 1);
    await context.addCookies([{ name: "theme", value: "dark", url: middle.origin }]);
    await page.evaluate(async () => {
      localStorage.setItem("draft", "a letter");
      sessionStorage.setItem("draft", "a letter");
      await (await caches.open("pages")).put("/kept", new Response("kept"));
      await new Promise((go) => (indexedDB.open("notes").onsuccess = (event) => go(event.target.result.close())));
    });
    const before = Object.fromEntries((await context.cookies()).map(({ name, value }) => [name, value]));
    await page.click("#logout");
    await page.locator("#login").waitFor();
    await other.locator("#login").waitFor();

    const left = await page.evaluate(async () => [localStorage.length, (await caches.keys()).length, (await indexedDB.databases()).length]);
    assert.deepEqual(left, [0, 0, 0]);
    // Each by its name: the application's own are none of our business.
    assert.deepEqual((await context.cookies()).map(({ name }) => name), ["theme"]);
    assert.equal(await status("GET", "/api/me", `__Host-access=${before["__Host-access"]}`), 401);
    assert.equal(await status("POST", "/session/refresh", `__Host-refresh=${before["__Host-refresh"]}`), 401);
  });
});

describe("the documentation", () => {
  test("its five lines are all that an application needs", async () => {
    const { context, page } = await shopper("fay");
    const lines = readFileSync(new URL("five-lines.js", import.meta.url), "utf8");
    middle.pages["/own"] = ["text/html", '<!doctype html><button id="logout">Out</button><script type="module" src="/own.js"></script>'];
    middle.pages["/own.js"] = ["text/javascript", lines];
    middle.pages["/login"] = ["text/html", "<!doctype html><h1>Log in</h1>"];
    await context.clearCookies({ name: "__Host-access" });
    const ordered = page.waitForResponse((answer) => answer.url().endsWith("/api/orders") && answer.status() === 200);
    await page.goto(`${middle.origin}/own`);
    await ordered;

    await page.click("#logout");

    await page.waitForURL("**/login");
    assert.deepEqual(await context.cookies(), []);
  });
});

describe("the demo", () => {
  test("the first attack asks for a log-in, then finds a token that is there to be found and not ours", async () => {
    const { context, page } = await shopper("dina");
    const attack = page.locator("#attack-storage");
    const steps = attack.locator(".steps > li");
    await attack.locator(".try").click();
    await steps.nth(1).waitFor();
    assert.match(await steps.nth(0).innerText(), /Found.*localStorage: eyJ/s);
    assert.match(await steps.nth(1).innerText(), /Came to nothing.*localStorage: no token/s);
    assert.equal(await page.evaluate(() => localStorage.length), 0);

    await page.evaluate(async () => (await caches.open("mine")).put("/me", new Response("twr_kept-by-a-careless-page")));
    await attack.locator(".try").click();
    await attack.locator(".verdict.bad").waitFor();
    assert.match(await steps.nth(1).innerText(), /caches: twr_kept-by-a-careless-page/);

    await context.clearCookies();
    await page.reload();
    await page.locator("#login").waitFor();
    await attack.locator(".try").click();
    await steps.filter({ hasText: "Log in first" }).waitFor();
    assert.equal(await steps.count(), 1);
  });

  test("each of the ten attacks can be tried, and comes to nothing", async () => {
    const { page } = await shopper("dora");
    const buttons = page.locator(".try");
    assert.equal(await buttons.count(), 10);
    for (let n = 0; n < 10; n += 1) {
      await buttons.nth(n).click();
      const attack = page.locator("#attacks > li").nth(n);
      await attack.locator(".verdict").first().waitFor();
      await attack.locator(".try:not(:disabled)").waitFor();
      assert.equal(await attack.locator(".verdict.bad").count(), 0, await attack.innerText());
      assert.ok(!(await attack.innerText()).includes("(nothing)"), await attack.innerText());
    }
    // The key that signed its token was given up meanwhile; the session goes on.
    await page.locator(".buy").last().click();
    await page.locator("#said, #orders").first().waitFor();
    await page.reload();
    await page.locator("#who", { hasText: "dora" }).waitFor();
  });
});

/** The page with `session`, a Session of its own that the test can reach. */
async function withSession(page) {
  await page.evaluate(async () => {
    const { Session } = await import("/session/tokenward.js");
    globalThis.session = new Session();
    if (session.state === "unknown") await new Promise((go) => ["renewed", "ended"].map((name) => session.addEventListener(name, go)));
  });
  return page;
}

async function manyTabs(context, count, path = "/") {
  const tabs = await Promise.all(Array.from({ length: count }, () => context.newPage()));
  await Promise.all(tabs.map((tab) => tab.goto(middle.origin + path)));
  return Promise.all(tabs.map(withSession));
}

/** When no tab renews, nor waits to: what they did can be counted. */
async function calm(tab) {
  await tab.evaluate(async () => {
    for (;;) {
      const { held, pending } = await navigator.locks.query();
      if (!held.length && !pending.length) return;
      // Granted when those before it are done.
      await navigator.locks.request("tokenward:/session", () => undefined);
    }
  });
}

/** Everything that the page's scripts have in memory, as text, with `planted` among it. */
async function heap(page, planted) {
  await page.evaluate((text) => void (globalThis.planted = { text }), planted);
  const devtools = await page.context().newCDPSession(page);
  const parts = [];
  devtools.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => parts.push(chunk));
  await devtools.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
  await devtools.detach();
  return parts.join("");
}

function refreshCookie({ cookie }) {
  return /__Host-refresh=([^;]+)/.exec(cookie)[1];
}

function status(method, path, cookie) {
  const options = { method, ca: world.ca, headers: { cookie, "sec-fetch-site": "same-origin" } };
  return new Promise((go, fail) => {
    const request = https.request(middle.origin + path, options, (answer) => go(answer.resume().statusCode));
    request.on("error", fail).end();
  });
}
