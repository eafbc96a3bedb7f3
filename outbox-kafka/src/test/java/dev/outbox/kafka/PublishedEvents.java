package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.test.contract.Outbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** What a test has published to one topic, and whether the topic has it. Nobody nudges a relay. */
final class PublishedEvents {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Outbox outbox;
    private final String bootstrapServers;
    private final String topic;
    private final TransactionalOutboxPublisher publisher;
    private final Set<UUID> published = ConcurrentHashMap.newKeySet();

    PublishedEvents(Outbox outbox, String bootstrapServers, String topic) {
        this.outbox = outbox;
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        this.publisher = outbox.publisher(() -> {});
    }

    /** Publishes events of these keys in turn, all in one transaction. */
    void publish(int events, List<String> keys) {
        published.addAll(outbox.inTransaction(() -> {
            List<UUID> ids = new ArrayList<>();
            for (int i = 0; i < events; i++) ids.add(inCallersTransaction(keys.get(i % keys.size())));
            return ids;
        }));
    }

    /** Publishes one event in the transaction of the caller, who commits it. */
    UUID inCallersTransaction(String key) {
        UUID id = publisher.publish(
                OutboxMessage.of("Order", key, "E", "x".repeat(200)).topic(topic));
        published.add(id);
        return id;
    }

    long count(EventStatus status) {
        return outbox.jdbc
                .sql("SELECT count(*) FROM outbox_events WHERE status = :status")
                .param("status", status.name())
                .query(Long.class)
                .single();
    }

    /** Waits until all is marked, and finds every event in the topic, in the order of its key, and none failed on the way. */
    void awaitAllDeliveredInOrder() {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .ignoreExceptions() // the database may be down
                .until(() -> count(EventStatus.PUBLISHED) == published.size());
        assertThat(failures()).as("failures that counted").isZero();
        try (Topic delivered = new Topic(bootstrapServers, topic).poll()) {
            assertThat(delivered.events()).containsExactlyInAnyOrderElementsOf(published);
            assertThat(delivered.firstDeliveries())
                    .allSatisfy((key, seqs) -> assertThat(seqs).isSorted());
        }
    }

    /** How many records the topic has. */
    long records() {
        try (Topic delivered = new Topic(bootstrapServers, topic).poll()) {
            return delivered.records().size();
        }
    }

    /** How many records the topic has more than events. */
    long duplicates() {
        try (Topic delivered = new Topic(bootstrapServers, topic).poll()) {
            return delivered.records().size() - delivered.events().size();
        }
    }

    private long failures() {
        return outbox.jdbc
                .sql("SELECT count(*) FROM outbox_events WHERE attempts > 0 OR status = 'QUARANTINED'")
                .query(Long.class)
                .single();
    }
}
