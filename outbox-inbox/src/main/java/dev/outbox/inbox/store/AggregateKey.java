package dev.outbox.inbox.store;

import java.util.Comparator;

/** An aggregate, whose events are in order. Comparable so that everybody locks rows in the same order. */
public record AggregateKey(String aggregateType, String aggregateId) implements Comparable<AggregateKey> {
    private static final Comparator<AggregateKey> ORDER =
            Comparator.comparing(AggregateKey::aggregateType).thenComparing(AggregateKey::aggregateId);

    @Override
    public int compareTo(AggregateKey other) {
        return ORDER.compare(this, other);
    }
}
