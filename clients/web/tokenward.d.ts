export type State = "unknown" | "live" | "locked" | "ended";
export type Passkey = {
    id: string;
    name: string;
    synced: boolean;
    created_at: number;
    last_used_at: number;
};
export type Moment = {
    wall: number;
    steady: number;
};
/**
 * The session of this browser.
 *
 * Events: `renewed`; `ended`, once, when only a new login helps; `failed`, when a renewal came to nothing
 * though the session may live, and is tried again later; `locked`, when it goes on with a passkey alone: nobody is
 * asked for one without a click, so nothing is tried until `unlock()`.
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
     * Has a passkey sign for the session: to go on after `locked`, or for a request that needs a younger login. From a
     * click, and with nothing open in between: browsers ask for a passkey only then.
     *
     * @returns {Promise<boolean>} whether the session is good now; rejects if no passkey has signed
     */
    unlock(): Promise<boolean>;
    /**
     * Enrolls a passkey. Where there is one already, that is asked for first.
     *
     * @param {string} name what its user calls it
     * @param {string} [user] what the device is to call its user
     * @returns {Promise<Passkey>} rejects if a device or the authority declined
     */
    addPasskey(name: string, user?: string): Promise<Passkey>;
    /** @returns {Promise<Passkey[]>} the user's passkeys, the oldest first */
    passkeys(): Promise<Passkey[]>;
    /**
     * Removes a passkey, and ends the sessions that it held. One that is enrolled is asked for: another one, or it.
     *
     * @param {string} id
     * @returns {Promise<void>} rejects if a device or the authority declined
     */
    removePasskey(id: string): Promise<void>;
    /**
     * Ends the session, here and everywhere.
     *
     * @returns {Promise<void>} rejects unless the authority has said that it is over: try again
     */
    logout(): Promise<void>;
}
