package dev.outbox.inbox;

/** What became of an event at a consumer. */
public enum InboxOutcome {
    /** The handler has run, and its change is committed with the record of it. */
    HANDLED,
    /** It had been dealt with before. */
    DUPLICATE,
    /** A newer version of its aggregate had been applied before; that is recorded. */
    STALE,
    /** A replay has sent it for others to see, or to be handled by other consumers; nothing is recorded. */
    NOT_CONCERNED,
    /** A replay has sent it again that is too old to know whether it has been handled; nothing is recorded. */
    FORGOTTEN,
    /** An earlier event of its aggregate was put aside, and this one has to follow it; nothing is recorded. */
    HELD
}
