package dev.outbox.retention;

/** What becomes of events that are finished. */
public enum RetentionMode {
    /** They are deleted after a time. */
    DELETE,

    /** They are moved to {@code outbox_archived_events} after a time. */
    ARCHIVE,

    /** They stay. */
    KEEP,

    /** A relay deletes them when they are acknowledged, instead of marking them as published; discarded ones are deleted after a time. */
    DELETE_AT_ONCE
}
