package dev.outbox.inbox.deadletter;

import dev.outbox.inbox.FailureClassifier;
import dev.outbox.inbox.FailureClassifier.Meaning;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the application says about failures, if anything. Never throws. Safe for use by many threads. */
public final class Classifiers {
    /** Of an application that has nothing to say. */
    public static final Classifiers NONE = new Classifiers(List.of());

    private static final Logger log = LoggerFactory.getLogger(Classifiers.class);

    private final List<FailureClassifier> classifiers;

    /** @param classifiers in the order in which they are asked */
    public Classifiers(List<FailureClassifier> classifiers) {
        this.classifiers = List.copyOf(classifiers);
    }

    /** The first opinion on {@code failure}, freed of wrappers; null if there is none. */
    public @Nullable Meaning meaning(Throwable failure) {
        Throwable told = FailureCause.unwrapped(failure);
        for (FailureClassifier classifier : classifiers) {
            Meaning meaning = ask(classifier, told);
            if (meaning != null) return meaning;
        }
        return null;
    }

    private static @Nullable Meaning ask(FailureClassifier classifier, Throwable failure) {
        try {
            return classifier.classify(failure);
        } catch (Throwable e) { // of whatever kind: an error would end the consumer
            // without messages, which may quote the payload
            log.warn(
                    "{} throws {} when it is asked about {}, so it has no opinion on that. Repair it.",
                    classifier.getClass().getName(),
                    e.getClass().getName(),
                    failure.getClass().getName());
            return null;
        }
    }

    /** Whether it says nothing about the record, by the application's opinion or else by {@link Outage}. */
    boolean isOutage(Throwable failure) {
        Meaning meaning = meaning(failure);
        return meaning == null ? Outage.isBehind(failure) : meaning == Meaning.OUTAGE;
    }
}
