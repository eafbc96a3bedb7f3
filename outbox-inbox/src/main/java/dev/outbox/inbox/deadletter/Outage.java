package dev.outbox.inbox.deadletter;

import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.inbox.deadletter.store.DatabaseOutage;

/** Tells failures that say nothing about the record that was to be handled, and that pass: of the database, or for want of a key to decrypt with. */
public final class Outage {
    private Outage() {}

    /** Whether such a failure is among the causes. */
    public static boolean isBehind(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause == cause.getCause() ? null : cause.getCause()) {
            if (cause instanceof MissingEncryptionKeyException) return true;
        }
        return DatabaseOutage.isBehind(failure);
    }
}
