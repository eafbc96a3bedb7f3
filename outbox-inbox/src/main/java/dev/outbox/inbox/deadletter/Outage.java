package dev.outbox.inbox.deadletter;

import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.inbox.deadletter.store.DatabaseOutage;
import org.springframework.dao.OptimisticLockingFailureException;

/** By the inbox's own rules, for where the application says nothing itself ({@link Classifiers}): tells failures that say nothing about the record that was to be handled, and that pass: of the database, or for want of a key to decrypt with. */
public final class Outage {
    private Outage() {}

    /** Whether such a failure is among the causes. A lost race for a row's version is none: the application's own code has lost it, and may lose it for ever. */
    public static boolean isBehind(Throwable failure) {
        for (Throwable cause : Causes.of(failure)) {
            if (cause instanceof OptimisticLockingFailureException) return false;
            if (cause instanceof MissingEncryptionKeyException || DatabaseOutage.is(cause)) return true;
        }
        return false;
    }
}
