// The shop's page. What an application needs of tokenward.js is in the first lines.
import { Session } from "/session/tokenward.js";
import { listAttacks } from "/attacks.js";

const session = new Session();
session.addEventListener("renewed", () => void renewed());
session.addEventListener("ended", show);
session.addEventListener("failed", () => say("The authority does not answer; the session lives on, and is asked for again."));

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

let renewals = 0;
/** @type {string | undefined} */
let who;

async function renewed() {
  renewals += 1;
  element("renewals").textContent = renewals === 1 ? "once" : `${renewals} times`;
  show();
  if (!who) await know();
}

/** Who somebody is, and what they ordered. */
async function know() {
  const me = await session.fetch("/api/me");
  if (!me.ok) return;
  who = (await me.json()).subject.replace("shopper-", "");
  element("who").textContent = who ?? "";
  const orders = await session.fetch("/api/orders");
  if (orders.ok) showOrders(await orders.json());
}

function show() {
  const live = session.state === "live";
  element("login").hidden = session.state !== "ended";
  element("session").hidden = !live;
  for (const button of document.querySelectorAll(".buy")) /** @type {HTMLButtonElement} */ (button).disabled = !live;
  if (!live) {
    who = undefined;
    showOrders([]);
  }
}

/** @param {string[]} orders */
function showOrders(orders) {
  element("orders").textContent = orders.join(", ") || "none yet";
}

/** @param {string} text */
function say(text) {
  element("said").textContent = text;
}

setInterval(() => {
  const left = Math.floor(session.expiresIn);
  element("left").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}, 500);

element("login").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = /** @type {HTMLInputElement} */ (element("name")).value;
  const answer = await fetch("/login", { method: "POST", body: JSON.stringify({ name }) });
  say(answer.ok ? "" : "That did not work.");
  if (answer.ok) await session.refresh();
});
element("renew").addEventListener("click", async () => {
  say((await session.refresh()) ? "" : "Not renewed.");
});
element("logout").addEventListener("click", async () => {
  try {
    await session.logout();
    say("Logged out, here and everywhere; storage and cache of this site are empty.");
  } catch {
    say("The session has not ended: try again.");
  }
});
for (const button of document.querySelectorAll(".buy")) {
  button.addEventListener("click", async () => {
    const item = /** @type {HTMLButtonElement} */ (button).value;
    const headers = { "content-type": "application/json" };
    const answer = await session.fetch("/api/orders", { method: "POST", headers, body: JSON.stringify({ item }) });
    if (answer.ok) showOrders(await answer.json());
    else say("That did not work: try again.");
  });
}

listAttacks(element("attacks"), session);
show();
