package dev.outbox.inbox;

import org.jspecify.annotations.Nullable;

/**
 * Says what failures of an application's own mean, such as those of a service that a listener calls: the inbox by itself knows outages of its database only, and takes everything else for failures of the
 * record. A bean of this type is asked about every failure of every listener with {@link Inbox}, before the inbox's own rules, and about those of redrives. Of several beans the first that has an opinion
 * counts, in the order of Spring ({@code @Order}).
 *
 * <pre>{@code
 * @Bean
 * FailureClassifier payments() {
 *     return failure -> failure instanceof PaymentsDownException ? Meaning.OUTAGE : null;
 * }
 * }</pre>
 *
 * <p>Has to be safe for use by many threads, and quick: the partition waits meanwhile. One that throws has no opinion, and the log says so.
 */
@FunctionalInterface
public interface FailureClassifier {
    /** What a failure says about the record. */
    enum Meaning {
        /** Nothing: what is missing comes back. The record is tried again without end, it counts as no failure, and nothing is put aside. It ends a redrive. */
        OUTAGE,
        /** It may be handled yet: tried again after pauses, and put aside when it has failed so often ({@code outbox.inbox.retry}). */
        RETRY,
        /** It will not be handled: put aside at once. With {@link FailedEventPolicy#STOP_PARTITION} nothing is put aside; then it is tried again without end. */
        PUT_ASIDE
    }

    /**
     * What a failure means.
     *
     * @param failure what the listener has thrown, or what has kept it from being called, without what Spring Kafka and reflection have wrapped around it; with its causes
     * @return null for no opinion: then the inbox's own rules count
     */
    @Nullable
    Meaning classify(Throwable failure);
}
