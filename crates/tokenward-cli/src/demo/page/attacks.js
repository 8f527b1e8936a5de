// The ten attacks: what they are, and how their outcome is shown. The first is tried here, in the page, as an
// injected script would; the others by the server, which has better tools for it.

/** @typedef {{ does: string, status: number | null, answer: string, log: string[], good: boolean }} Step */
/** @typedef {import("/session/tokenward.js").Session} Session */

/** @type {[name: string, title: string, mistake: string][]} */
const ATTACKS = [
  ["storage", "Read the token with an injected script", "Tokens where scripts can read them"],
  ["signature", "Change a token", "Signatures that nobody verifies"],
  ["algorithm", "Choose the algorithm", "Weak algorithms, and tokens that pick their own"],
  ["expiry", "Use a copied token an hour later", "Tokens without an end"],
  ["revocation", "Use a copied token after the log-out", "A log-out that ends nothing"],
  ["payload", "Read a card number in the payload", "Secrets in what everybody can read"],
  ["neighbor", "Sign with a neighbor's key", "One secret for many services"],
  ["leak", "Sign with a key that leaked", "Keys that are never changed"],
  ["plain", "Listen on the network", "Plain HTTP"],
  ["oracle", "Learn from the errors", "Errors that explain too much"],
];

/**
 * @param {HTMLElement} list
 * @param {Session} session
 */
export function listAttacks(list, session) {
  for (const [n, [name, title, mistake]] of ATTACKS.entries()) {
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
    list.append(make("li", { id: `attack-${name}` }, head, steps));
  }
}

/**
 * @param {string} name
 * @param {Session} session
 * @returns {Promise<Step[]>}
 */
async function attempt(name, session) {
  if (name === "storage") return [await search(), inject()];
  const answer = await session.fetch(`/attacks/${name}`, { method: "POST" });
  if (!answer.ok) return [{ does: "The demo could not try it.", status: answer.status, answer: "", log: [], good: false }];
  const { steps, not_tried: why } = await answer.json();
  return steps ?? [{ does: why, status: null, answer: "", log: [], good: false }];
}

/**
 * Looks wherever a script can look for a token.
 *
 * @returns {Promise<Step>}
 */
async function search() {
  const shown = await fetch("/session");
  const found = [
    document.cookie,
    JSON.stringify({ ...localStorage, ...sessionStorage }),
    JSON.stringify((await indexedDB.databases?.()) ?? []),
    JSON.stringify(await caches.keys()),
    await shown.text(),
  ].join("\n");
  const stolen = /eyJ[\w-]+\.[\w-]+\.|twr_\w/.test(found);
  const log = await fetch(`/log/${shown.headers.get("x-request-id")}`);
  return {
    does: "It looks into localStorage, sessionStorage, IndexedDB, caches, cookies, and the answer of /session.",
    status: null,
    answer: stolen ? found : "No token: those are in HttpOnly cookies, which no script is shown.",
    log: [...(await log.json()), "(nothing was refused: nothing was asked for that it may not know)"],
    good: !stolen,
  };
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
function shown({ does, status, answer, log, good }) {
  const passed = status === 200 || status === 201;
  const outcome = good ? (passed ? "Let through, as it should be" : "Came to nothing") : "Not as it should be";
  const verdict = make("span", { className: `verdict ${good ? "good" : "bad"}`, textContent: status ? `${status} · ${outcome}` : outcome });
  const told = (/** @type {string} */ title, /** @type {string} */ text) =>
    make("div", {}, make("h4", { textContent: title }), make("pre", { textContent: text || (passed ? "(nothing to tell)" : "(nothing)") }));
  const words = make("p", {}, make("span", {}, ...marked(does)), verdict);
  const sides = [told("What the attacker is told", answer), told("What the log says", log.join("\n"))];
  return make("li", {}, words, make("div", { className: "told" }, ...sides));
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
