package dev.outbox.inbox.store;

/** What came of an event at a consumer. Nothing is recorded of one that is being tried in a transaction. */
public enum InboxStatus {
    /** The business change is made. */
    HANDLED,
    /** Left out because a newer state of its aggregate was applied before. */
    STALE,
    /** Work without a transaction has begun. */
    CLAIMED,
    /** Work without a transaction has failed, and is to be tried again. */
    FAILED,
    /** Put aside, to be handled when an operator says so. */
    DEAD_LETTER,
    /** Given up by an operator. */
    DISCARDED
}
