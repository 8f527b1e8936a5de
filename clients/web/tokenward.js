// tokenward.js keeps a browser's session alive. It never sees a token: those travel in HttpOnly cookies, and
// what a script is told is how many seconds are left.
//
// There is one renewal at a time: in a tab by a promise, among tabs by a Web Lock, under which the authority
// is asked first whether another tab was faster. Without Web Locks each tab renews for itself, which costs
// requests and nothing else. Only differences of time are taken, by two clocks: one that is wrong, jumps, or
// stands still while the machine sleeps makes a renewal come early, never late.

/** @typedef {"unknown" | "live" | "locked" | "ended"} State */
/** @typedef {{ id: string, name: string, synced: boolean, created_at: number, last_used_at: number }} Passkey */
/** @typedef {{ wall: number, steady: number }} Moment in milliseconds */

/** A token is renewed so many seconds before its end at the latest: the way to the server, and its clock. */
const MARGIN = 10;
/** The least time between two renewals that nobody waits for, in seconds. */
const PAUSE = 5;
/**
 * Before each attempt a pause, then so many seconds of patience. All fall into the ten seconds in which the
 * authority repeats an answer that was lost, also if none is answered: after those it would look like a thief.
 *
 * @type {[pause: number, patience: number][]}
 */
const ATTEMPTS = [[0, 2], [0.4, 2], [1.2, 3]];
/** The longest pause after a failure, and the longest that a token lives, in seconds. */
const [LONGEST, LIFETIME] = [60, 900];

/**
 * The session of this browser.
 *
 * Events: `renewed`; `ended`, once, when only a new login helps; `failed`, when a renewal came to nothing
 * though the session may live, and is tried again later; `locked`, when it goes on with a passkey alone: nobody is
 * asked for one without a click, so nothing is tried until `unlock()`.
 */
export class Session extends EventTarget {
  /** @type {State} */
  #state = "unknown";
  #path;
  #lock;
  /** How many seconds were left, when, and after how many a renewal is due. */
  #left = 0;
  #since = moment();
  #due = 0;
  /** How many seconds nothing is tried, since when, after how many failures in a row. */
  #pause = 0;
  #failed = moment();
  #failures = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Promise<boolean> | undefined} */
  #renewal;
  /** Ends the wait for the lock when another tab has the news. */
  #news = new AbortController();
  /** @type {BroadcastChannel | undefined} */
  #channel;

  /** @param {{ path?: string }} [options] `path`: where the application's host routes the authority's `/session` */
  constructor({ path = "/session" } = {}) {
    super();
    this.#path = path;
    this.#lock = `tokenward:${path}`;
    if (typeof BroadcastChannel === "function") {
      this.#channel = new BroadcastChannel(this.#lock);
      this.#channel.onmessage = ({ data }) => this.#hear(data);
    }
    const look = () => this.#look();
    // Timers stand still in the back/forward cache and while the machine sleeps.
    document.addEventListener("visibilitychange", look);
    addEventListener("pageshow", look);
    addEventListener("online", look);
    look();
  }

  /** @returns {State} `unknown` until the authority has answered */
  get state() {
    return this.#state;
  }

  /** @returns {number} seconds until the access token ends; 0 if it has, or if nothing is known */
  get expiresIn() {
    return Math.max(0, this.#left - elapsed(this.#since));
  }

  /**
   * As `fetch`, with a session that is renewed if it is over. What was refused is sent once more, if that is
   * safe: if it changes nothing (GET, HEAD, OPTIONS), or has an `Idempotency-Key`.
   *
   * @param {RequestInfo | URL} input
   * @param {RequestInit} [init]
   * @returns {Promise<Response>}
   */
  async fetch(input, init) {
    const request = new Request(input, init);
    if (new URL(request.url).origin !== location.origin) return fetch(request);
    const again = isRepeatable(request) ? request.clone() : undefined;
    // What cannot be sent twice had better go with a good token.
    if (!again && this.#state !== "ended" && this.expiresIn < 1) await this.refresh();
    const known = this.#since;
    const answer = await fetch(request);
    if (!isRefusal(answer) || this.#state === "ended") return answer;
    // It may have been under way while the session was renewed.
    const renewed = this.#since !== known || (await this.refresh());
    return renewed && again && !again.signal.aborted ? fetch(again) : answer;
  }

  /**
   * Renews the session, or finds that another tab just did. After `ended`, call it once somebody has logged in
   * without leaving the page.
   *
   * @returns {Promise<boolean>} whether the session is good now
   */
  async refresh() {
    if (this.#mustPause()) return false;
    const known = this.#since;
    this.#renewal ??= this.#alone(() => this.#renew(known), this.#news.signal).finally(() => {
      this.#renewal = undefined;
      this.#plan();
    });
    return this.#renewal;
  }

  /**
   * Has a passkey sign for the session: to go on after `locked`, or for a request that needs a younger login. From a
   * click, and with nothing open in between: browsers ask for a passkey only then.
   *
   * @returns {Promise<boolean>} whether the session is good now; rejects if no passkey has signed
   */
  async unlock() {
    const asked = await this.#ask("/refresh/challenge", 15);
    if (!asked?.ok) return this.#refused(asked);
    const assertion = await sign((await asked.json()).publicKey);
    return this.#alone(async () => {
      const since = moment();
      const answer = await this.#ask("/refresh", 15, { assertion });
      const left = await secondsOf(answer);
      return left > 0 ? this.#live(left, since, true) : this.#refused(answer);
    });
  }

  /**
   * Enrolls a passkey. Where there is one already, that is asked for first.
   *
   * @param {string} name what its user calls it
   * @param {string} [user] what the device is to call its user
   * @returns {Promise<Passkey>} rejects if a device or the authority declined
   */
  async addPasskey(name, user) {
    const { publicKey, allow } = await this.#told("/passkeys/options", "POST", { user_name: user });
    const allowed = allow && (await sign(allow.publicKey));
    const options = PublicKeyCredential.parseCreationOptionsFromJSON(publicKey);
    const made = await navigator.credentials.create({ publicKey: options });
    const credential = /** @type {PublicKeyCredential} */ (made).toJSON();
    return this.#told("/passkeys", "POST", { name, credential, allow: allowed });
  }

  /** @returns {Promise<Passkey[]>} the user's passkeys, the oldest first */
  async passkeys() {
    return (await this.#told("/passkeys", "GET")).passkeys;
  }

  /**
   * Removes a passkey, and ends the sessions that it held. One that is enrolled is asked for: another one, or it.
   *
   * @param {string} id
   * @returns {Promise<void>} rejects if a device or the authority declined
   */
  async removePasskey(id) {
    const path = `/passkeys/${encodeURIComponent(id)}`;
    const assertion = await sign((await this.#told(`${path}/challenge`, "POST")).publicKey);
    await this.#told(path, "DELETE", { assertion });
  }

  /**
   * Ends the session, here and everywhere.
   *
   * @returns {Promise<void>} rejects unless the authority has said that it is over: try again
   */
  async logout() {
    const over = await this.#alone(async () => Boolean((await this.#ask("/logout", 15))?.ok));
    if (!over) throw new Error("the session has not ended");
    this.#end(true);
  }

  /**
   * @param {Moment} known
   * @returns {Promise<boolean>}
   */
  async #renew(known) {
    const before = this.expiresIn;
    const asked = moment();
    const left = await secondsOf(await this.#ask("", 4));
    // Somebody was faster if we have heard of it meanwhile, or there is more than we know of.
    if (this.#since !== known && this.#state === "live") return true;
    if (left > before + 2) return this.#live(left, asked, true);
    if (this.#state === "locked") return false;
    let wait = 0;
    for (const [pause, patience] of ATTEMPTS) {
      if (pause) await new Promise((go) => setTimeout(go, pause * jitter()));
      const asked = moment();
      const answer = await this.#ask("/refresh", patience);
      const left = await secondsOf(answer);
      if (left > 0) return this.#live(left, asked, true);
      if (isLocked(answer)) return this.#wait(true);
      if (answer?.status === 401) return this.#end(true);
      wait = retryAfter(answer);
      // Not what another attempt changes, or not so soon.
      if (wait || (answer && !isPassing(answer.status))) break;
    }
    return this.#fail(wait, true);
  }

  /**
   * Does `work` while no other tab does; not at all if `news` comes while it waits.
   *
   * @param {() => Promise<boolean>} work
   * @param {AbortSignal} [news]
   * @returns {Promise<boolean>}
   */
  async #alone(work, news) {
    if (!navigator.locks) return work();
    try {
      return await navigator.locks.request(this.#lock, news ? { signal: news } : {}, work);
    } catch {
      // Without news there is no lock to be had: in a page that is being left, for example.
      return news?.aborted ? this.#state === "live" && !this.#mustPause() : work();
    }
  }

  /**
   * What the authority says to a request of the session.
   *
   * @param {string} what
   * @param {"GET" | "POST" | "DELETE"} method
   * @param {object} [body]
   * @returns {Promise<any>} rejects with its error code
   */
  async #told(what, method, body) {
    const headers = { "content-type": "application/json" };
    const answer = await this.fetch(this.#path + what, { method, cache: "no-store", ...(body && { headers, body: JSON.stringify(body) }) });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(said.error ?? `status ${answer.status}`);
    return said;
  }

  /**
   * @param {"" | "/refresh" | "/refresh/challenge" | "/logout"} what
   * @param {number} patience in seconds
   * @param {object} [body]
   * @returns {Promise<Response | undefined>} nothing if no answer came
   */
  async #ask(what, patience, body) {
    try {
      return await fetch(this.#path + what, {
        method: what ? "POST" : "GET",
        ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
        cache: "no-store",
        redirect: "error",
        // The new cookies must arrive, also where the user has gone on to another page.
        keepalive: true,
        signal: AbortSignal.timeout(patience * 1000),
      });
    } catch {
      return undefined;
    }
  }

  #look() {
    clearTimeout(this.#timer);
    const due = this.#state === "unknown" || elapsed(this.#since) >= this.#due;
    // A page that nobody looks at does not keep a session alive.
    if (this.#isIdle()) return;
    if (due && !this.#mustPause()) void this.refresh();
    else this.#plan();
  }

  #plan() {
    clearTimeout(this.#timer);
    if (this.#isIdle()) return;
    const due = this.#state === "live" ? this.#due - elapsed(this.#since) : 0;
    const seconds = Math.max(due, this.#pause - elapsed(this.#failed), 0.1);
    this.#timer = setTimeout(() => this.#look(), seconds * 1000);
  }

  /** Whether nothing is to be tried: nobody looks, or a new login or a click is what it takes. */
  #isIdle() {
    return this.#state === "ended" || this.#state === "locked" || document.visibilityState === "hidden";
  }

  #mustPause() {
    return elapsed(this.#failed) < this.#pause;
  }

  /** @param {unknown} data */
  #hear(data) {
    const { left, wait, locked, ended } = /** @type {Record<string, unknown>} */ (data ?? {});
    if (ended === true) this.#end(false);
    else if (locked === true) this.#wait(false);
    else if (typeof left === "number" && left > 0) this.#live(left, moment(), false);
    else if (typeof wait === "number" && wait > 0) this.#fail(wait, false);
  }

  /**
   * @param {number} left
   * @param {Moment} since
   * @param {boolean} tell
   */
  #live(left, since, tell) {
    this.#state = "live";
    this.#left = Math.min(left, LIFETIME);
    this.#since = since;
    // Not all tabs at once. Near the end of a session tokens are short, and are not chased.
    this.#due = Math.max(PAUSE, this.#left - Math.max(MARGIN, this.#left * 0.2 * jitter()));
    [this.#pause, this.#failures] = [0, 0];
    this.#spread("renewed", tell && { left: this.#left - elapsed(since) });
    this.#plan();
    return true;
  }

  /**
   * @param {number} wait in seconds
   * @param {boolean} tell
   */
  #fail(wait, tell) {
    const pause = Math.min(LONGEST, PAUSE * 2 ** this.#failures) * jitter();
    this.#failures += 1;
    this.#failed = moment();
    this.#pause = Math.max(Math.min(wait, LIFETIME), pause);
    this.#spread("failed", tell && { wait: this.#pause });
    return false;
  }

  /** @param {boolean} tell */
  #wait(tell) {
    clearTimeout(this.#timer);
    if (this.#state !== "live" && this.#state !== "unknown") return false;
    this.#state = "locked";
    this.#spread("locked", tell && { locked: true });
    return false;
  }

  /**
   * What becomes of a session for which a passkey has signed in vain.
   *
   * @param {Response} [answer]
   */
  #refused(answer) {
    return answer?.status === 401 && !isLocked(answer) ? this.#end(true) : false;
  }

  /** @param {boolean} tell */
  #end(tell) {
    clearTimeout(this.#timer);
    const known = this.#state === "ended";
    [this.#state, this.#left] = ["ended", 0];
    // The pause was for the session that is over: who logs in now waits for nothing.
    [this.#pause, this.#failures] = [0, 0];
    if (!known) this.#spread("ended", tell && { ended: true });
    return false;
  }

  /**
   * @param {string} name
   * @param {object | false} message for the other tabs
   */
  #spread(name, message) {
    this.#news.abort();
    this.#news = new AbortController();
    if (message) this.#channel?.postMessage(message);
    this.dispatchEvent(new Event(name));
  }
}

/** @returns {Moment} */
function moment() {
  return { wall: Date.now(), steady: performance.now() };
}

/** @param {Moment} since */
function elapsed({ wall, steady }) {
  return Math.max(0, Date.now() - wall, performance.now() - steady) / 1000;
}

/** From a half to one and a half. */
function jitter() {
  return 0.5 + Math.random();
}

/** @param {Request} request */
function isRepeatable({ method, headers }) {
  return ["GET", "HEAD", "OPTIONS"].includes(method) || headers.has("idempotency-key");
}

/**
 * Whether it is the token that was refused, and not, say, a password.
 *
 * @param {Response} answer
 */
function isRefusal({ status, headers }) {
  const challenge = headers.get("www-authenticate") ?? "";
  return status === 401 && /^bearer\b/i.test(challenge) && !/\berror="(?!invalid_token")/.test(challenge);
}

/**
 * Whether a passkey is asked for (RFC 9470).
 *
 * @param {Response} [answer]
 */
function isLocked(answer) {
  const challenge = answer?.headers.get("www-authenticate") ?? "";
  return answer?.status === 401 && challenge.includes('error="insufficient_user_authentication"');
}

/**
 * What a passkey of the user's choice signs.
 *
 * @param {PublicKeyCredentialRequestOptionsJSON} json
 */
async function sign(json) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json);
  const signed = await navigator.credentials.get({ publicKey });
  return /** @type {PublicKeyCredential} */ (signed).toJSON();
}

/** @param {number} status */
function isPassing(status) {
  return status >= 500 || [408, 425, 429].includes(status);
}

/** @param {Response} [answer] */
function retryAfter(answer) {
  const text = answer?.headers.get("retry-after");
  if (!text) return 0;
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Math.max(0, seconds || 0);
}

/**
 * What an answer says is left; 0 if it says nothing.
 *
 * @param {Response} [answer]
 * @returns {Promise<number>}
 */
async function secondsOf(answer) {
  if (!answer?.ok) return 0;
  const { expires_in: left } = (await answer.json().catch(() => undefined)) ?? {};
  return typeof left === "number" && left > 0 ? left : 0;
}
