package dev.outbox.inbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Counts what became of events at each consumer, once it is committed. The names of consumers are in the code, so there are few. Safe for use by many threads.
 */
final class InboxMeters {
    private final MeterRegistry registry;
    private final Map<String, Counters> consumers = new ConcurrentHashMap<>();

    private record Counters(Map<InboxOutcome, Counter> outcomes, Counter failures) {}

    InboxMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Handles one event, and counts it. */
    InboxOutcome countingOne(InboxConsumer consumer, Supplier<InboxOutcome> handling) {
        return counting(consumer, handling, List::of);
    }

    /** Handles many events, and counts each; a failure is one. */
    List<InboxOutcome> countingAll(InboxConsumer consumer, Supplier<List<InboxOutcome>> handling) {
        return counting(consumer, handling, outcomes -> outcomes);
    }

    private interface Outcomes<T> {
        Collection<InboxOutcome> of(T result);
    }

    private <T> T counting(InboxConsumer consumer, Supplier<T> handling, Outcomes<T> outcomes) {
        Counters counters = consumers.computeIfAbsent(consumer.name(), this::counters);
        T result;
        try {
            result = handling.get();
        } catch (RuntimeException | Error e) {
            counters.failures().increment();
            throw e;
        }
        afterCommit(() -> outcomes.of(result)
                .forEach(outcome ->
                        Objects.requireNonNull(counters.outcomes().get(outcome)).increment()));
        return result;
    }

    /** Where the caller's transaction was joined, it commits later, or does not. */
    private static void afterCommit(Runnable count) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            count.run();
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                count.run();
            }
        });
    }

    private Counters counters(String consumer) {
        Map<InboxOutcome, Counter> outcomes = new EnumMap<>(InboxOutcome.class);
        for (InboxOutcome outcome : InboxOutcome.values())
            outcomes.put(
                    outcome,
                    Counter.builder("outbox.inbox.events")
                            .description("Events that reached a consumer, by what became of them")
                            .tag("consumer", consumer)
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        return new Counters(
                outcomes,
                Counter.builder("outbox.inbox.failures")
                        .description("Calls of a consumer that failed, for an event or for a batch of them")
                        .tag("consumer", consumer)
                        .register(registry));
    }
}
