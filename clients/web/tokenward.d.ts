export type State = "unknown" | "live" | "ended";
export type Moment = {
    wall: number;
    steady: number;
};
/**
 * The session of this browser.
 *
 * Events: `renewed`; `ended`, once, when only a new login helps; `failed`, when a renewal came to nothing
 * though the session may live, and is tried again later.
 */
export declare class Session extends EventTarget {
    #private;
    /** @param {{ path?: string }} [options] `path`: where the application's host routes the authority's `/session` */
    constructor({ path }?: {
        path?: string;
    });
    /** @returns {State} `unknown` until the authority has answered */
    get state(): State;
    /** @returns {number} seconds until the access token ends; 0 if it has, or if nothing is known */
    get expiresIn(): number;
    /**
     * As `fetch`, with a session that is renewed if it is over. What was refused is sent once more, if that is
     * safe: if it changes nothing (GET, HEAD, OPTIONS), or has an `Idempotency-Key`.
     *
     * @param {RequestInfo | URL} input
     * @param {RequestInit} [init]
     * @returns {Promise<Response>}
     */
    fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
    /**
     * Renews the session, or finds that another tab just did. After `ended`, call it once somebody has logged in
     * without leaving the page.
     *
     * @returns {Promise<boolean>} whether the session is good now
     */
    refresh(): Promise<boolean>;
    /**
     * Ends the session, here and everywhere.
     *
     * @returns {Promise<void>} rejects unless the authority has said that it is over: try again
     */
    logout(): Promise<void>;
}
