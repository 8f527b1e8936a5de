// The ten attacks: what they are, and how their outcome is shown. The first is tried here, in the page, as an
// injected script would; the others by the server, which has better tools for it.

/**
 * @typedef {{ does: string, status?: number | null, answer: string, log: string[], good?: boolean, outcome?: string }} Step
 * without `good` where nothing was tried; `outcome` is in words
 */
/** @typedef {import("/session/tokenward.js").Session} Session */

/** @type {[name: string, title: string, mistake: string, beware?: string][]} */
const ATTACKS = [
  ["storage", "Read the token with an injected script", "Tokens where scripts can read them"],
  ["signature", "Change a token", "Signatures that nobody verifies"],
  ["algorithm", "Choose the algorithm", "Weak algorithms, and tokens that pick their own"],
  ["expiry", "Use a copied token an hour later", "Tokens without an end"],
  ["revocation", "Use a copied token after the log-out", "A log-out that ends nothing"],
  ["payload", "Read a card number in the payload", "Secrets in what everybody can read"],
  ["neighbor", "Sign with a neighbor's key", "One secret for many services"],
  [
    "leak", "Sign with a key that leaked", "Keys that are never changed",
    "It ends every access token of this development server, whoever has it; sessions go on with the next key.",
  ],
  ["plain", "Listen on the network", "Plain HTTP"],
  ["oracle", "Learn from the errors", "Errors that explain too much"],
];

/**
 * @param {HTMLElement} list
 * @param {Session} session
 */
export function listAttacks(list, session) {
  for (const [n, [name, title, mistake, beware]] of ATTACKS.entries()) {
    const steps = make("ol", { className: "steps", ariaLive: "polite" });
    const button = make("button", { textContent: "Try it", value: name, className: "try" });
    button.addEventListener("click", async () => {
      button.disabled = true;
      steps.replaceChildren(...(await attempt(name, session)).map(shown));
      button.disabled = false;
      button.textContent = "Try it again";
    });
    const words = make("div", {}, make("h3", { textContent: title }), make("p", { className: "quiet", textContent: mistake }));
    const head = make("div", { className: "attack" }, make("span", { className: "number", textContent: `${n + 1}` }), words, button);
    const below = beware ? [make("p", { className: "quiet beware", textContent: beware })] : [];
    list.append(make("li", { id: `attack-${name}` }, head, ...below, steps));
  }
}

/**
 * @param {string} name
 * @param {Session} session
 * @returns {Promise<Step[]>}
 */
async function attempt(name, session) {
  if (name === "storage") return session.state === "live" ? [...(await search()), inject()] : [LOG_IN];
  const answer = await session.fetch(`/attacks/${name}`, { method: "POST" });
  if (!answer.ok) return [{ does: "The demo could not try it.", status: answer.status, answer: "", log: [], good: false }];
  const { steps, not_tried: why } = await answer.json();
  return steps ?? [{ does: why, answer: "", log: [] }];
}

/** @type {Step} */
const LOG_IN = { does: "Log in first: until then there is no token that could be stolen.", answer: "(not tried)", log: ["(not tried)"] };

/**
 * Looks wherever a script can look for a token, with one among it that is kept as other shops keep theirs.
 *
 * @returns {Promise<Step[]>}
 */
async function search() {
  const others = `${[{ alg: "HS256", typ: "JWT" }, { sub: "shopper", shop: "another" }].map(part).join(".")}.${"A".repeat(43)}`;
  localStorage.setItem(PLANTED, others);
  const shown = await fetch("/session");
  /** @type {[place: string, text: string][]} */
  const places = [
    ["cookies", document.cookie],
    ["localStorage", JSON.stringify(Object.entries(localStorage))],
    ["sessionStorage", JSON.stringify(Object.entries(sessionStorage))],
    ["IndexedDB", JSON.stringify(await databases())],
    ["caches", JSON.stringify(await cached())],
    ["the answer of /session", await shown.text()],
  ];
  localStorage.removeItem(PLANTED);
  const found = places.map(([place, text]) => ({ place, tokens: text.match(/eyJ[\w-]+\.[\w-]+\.[\w-]*|twr_[\w-]+/g) ?? [] }));
  const ours = found.map(({ place, tokens }) => ({ place, tokens: tokens.filter((token) => token !== others) }));
  const told = (/** @type {typeof found} */ places) => places.map(({ place, tokens }) => `${place}: ${tokens.join(", ") || "no token"}`);
  const theirs = found.filter(({ tokens }) => tokens.includes(others));
  const log = await (await fetch(`/log/${shown.headers.get("x-request-id")}`)).json();
  return [
    {
      does: "It looks for the token of a shop that keeps it in `localStorage`: one was put there for a moment.",
      answer: told(theirs).join("\n") || "no token",
      log: ["(no shop's log says anything: it never left the browser)"],
      good: theirs.length > 0,
      outcome: theirs.length ? "Found, and as good as stolen" : "The search finds nothing that is there",
    },
    {
      does: "It looks for yours, at the same time and in the same way.",
      answer: [...told(ours), "It is in an HttpOnly cookie, which no script is shown."].join("\n"),
      log: [...log, "(nothing was refused: nothing was asked for that it may not know)"],
      good: ours.every(({ tokens }) => tokens.length === 0),
    },
  ];
}

const PLANTED = "another-shops-token";

/** @param {object} value */
function part(value) {
  return btoa(JSON.stringify(value)).replaceAll("=", "");
}

/** What the databases of this origin hold. */
async function databases() {
  const entries = [];
  for (const { name = "" } of (await indexedDB.databases?.()) ?? []) {
    /** @type {IDBDatabase} */
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store);
      entries.push([name, store, ...(await Promise.all([done(all.getAllKeys()), done(all.getAll())]))]);
    }
    database.close();
  }
  return entries;
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function done(request) {
  return new Promise((go, fail) => {
    request.onsuccess = () => go(request.result);
    request.onerror = () => fail(request.error);
  });
}

/** What the caches of this origin hold. */
async function cached() {
  const entries = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const answer = await cache.match(request);
      entries.push([name, request.url, [...request.headers], [...(answer?.headers ?? [])], await answer?.text()]);
    }
  }
  return entries;
}

/**
 * Puts code into the page, as a comment field or an address could.
 *
 * @returns {Step}
 */
function inject() {
  let answer = "the browser ran it";
  const holder = document.createElement("div");
  try {
    holder.innerHTML = "<img src=x onerror='document.title = 1'>";
  } catch (error) {
    answer = String(error);
  }
  return {
    does: "It writes markup with a script of its own into the page.",
    status: null,
    answer,
    log: ["(it never left the browser: the page's Content-Security-Policy has no 'unsafe-inline', and asks for Trusted Types)"],
    good: !holder.firstChild,
  };
}

/** @param {Step} step */
function shown({ does, status, answer, log, good, outcome }) {
  const passed = status === 200 || status === 201;
  const words = good ? (passed ? "Let through, as it should be" : "Came to nothing") : good === false ? "Not as it should be" : "Not tried";
  const said = outcome ?? words;
  // What is found to show that the search works is no good news, and no fault of the shop.
  const kind = good ? (outcome ? "" : "good") : good === false ? "bad" : "";
  const verdict = make("span", { className: `verdict ${kind}`, textContent: status ? `${status} · ${said}` : said });
  const told = (/** @type {string} */ title, /** @type {string} */ text) =>
    make("div", {}, make("h4", { textContent: title }), make("pre", { textContent: text || (passed ? "(nothing to tell)" : "(nothing)") }));
  const line = make("p", {}, make("span", {}, ...marked(does)), verdict);
  const sides = [told("What the attacker is told", answer), told("What the log says", log.join("\n"))];
  return make("li", {}, line, make("div", { className: "told" }, ...sides));
}

/**
 * A text whose words in backticks are code.
 *
 * @param {string} text
 */
function marked(text) {
  return text.split("`").map((part, n) => (n % 2 ? make("code", { textContent: part }) : new Text(part)));
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Partial<HTMLElementTagNameMap[K]>} properties
 * @param {...Node} children
 */
function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}
