package dev.outbox.test.contract;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.outbox.AuditEntry;
import dev.outbox.Decision;
import dev.outbox.EventFilter;
import dev.outbox.EventStatus;
import dev.outbox.Impact;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxOperations;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.store.Dialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What operators decide about the quarantine, on a real database. */
@Timeout(60)
abstract class DecisionContract {
    private static final String REASON = "the topic is there now";

    private Outbox outbox;
    private OutboxOperations operations;

    abstract DataSource emptySchema();

    /** How many transactions are waiting for another one now. */
    abstract int waiting(Outbox outbox);

    @BeforeEach
    void createTables() {
        outbox = new Outbox(emptySchema());
        operations = outbox.operations;
    }

    @Test
    void what_a_decision_would_touch_is_known_before() {
        UUID head = outbox.publish("A", "body");
        List<UUID> followers =
                IntStream.range(0, 4).mapToObj(i -> outbox.publish("A", i)).toList();
        UUID other = outbox.publish("B", "body");
        set(head, EventStatus.QUARANTINED, "too large");
        followers.forEach(id -> set(id, EventStatus.BLOCKED, null));
        set(other, EventStatus.QUARANTINED, "refused");
        outbox.publish("C", "body");
        assertThat(operations.impact(EventFilter.quarantined())).isEqualTo(new Impact(2, 2, 4, false));
        assertThat(operations.impact(EventFilter.all().withError("large"))).isEqualTo(new Impact(1, 1, 4, false));
        assertThat(operations.impact(EventFilter.all().withEvent(head))).isEqualTo(new Impact(1, 1, 4, false));
        assertThat(operations.impact(EventFilter.all().withEvent(other))).isEqualTo(new Impact(1, 1, 0, false));
        assertThat(operations.impact(EventFilter.all().withEvent(followers.get(0))))
                .isEqualTo(new Impact(0, 0, 0, false));
        assertThat(operations.impact(EventFilter.all().withKey("Order", "C"))).isEqualTo(new Impact(0, 0, 0, false));
    }

    @Test
    void what_matches_is_decided_and_each_decision_is_audited_with_who_and_why() {
        UUID large = outbox.publish("A", "body");
        UUID refused = outbox.publish("B", "body");
        UUID fresh = outbox.publish("C", "body");
        set(large, EventStatus.QUARANTINED, "too large");
        set(refused, EventStatus.QUARANTINED, "refused");
        assertThat(operations.discard(EventFilter.all().withError("large"), "  cannot be sent "))
                .isEqualTo(new Decision(1, 0, false));
        assertThat(operations.approve(EventFilter.all(), REASON)).isEqualTo(new Decision(1, 0, false));
        assertThat(state(large)).isEqualTo(EventStatus.DISCARDED);
        assertThat(state(refused)).isEqualTo(EventStatus.PENDING);
        assertThat(state(fresh)).isEqualTo(EventStatus.PENDING);
        List<AuditEntry> lines = operations.audit(Long.MAX_VALUE, 10);
        assertThat(lines)
                .extracting(
                        AuditEntry::operator,
                        AuditEntry::action,
                        AuditEntry::subject,
                        AuditEntry::eventId,
                        AuditEntry::reason)
                .containsExactly(
                        tuple("test", "APPROVE", "event " + refused, refused, REASON),
                        tuple("test", "DISCARD", "event " + large, large, "cannot be sent"));
        assertThat(operations.audit(lines.get(0).id(), 10)).containsExactly(lines.get(1));
        assertThat(operations.audit(lines.get(1).id(), 10)).isEmpty();
    }

    @Test
    void of_operators_who_decide_about_the_same_events_one_wins_and_the_other_is_told() throws Exception {
        List<UUID> ids = IntStream.range(0, 30)
                .mapToObj(i -> outbox.publish("key " + i, i))
                .toList();
        ids.forEach(id -> set(id, EventStatus.QUARANTINED, "too large"));
        ExecutorService operators = Executors.newFixedThreadPool(2);
        try {
            Future<Decision> approved = operators.submit(() -> operations.approve(EventFilter.quarantined(), REASON));
            Future<Decision> discarded = operators.submit(() -> operations.discard(EventFilter.quarantined(), REASON));
            assertThat(approved.get().decided() + discarded.get().decided()).isEqualTo(ids.size());
        } finally {
            operators.shutdown();
        }
        List<AuditEntry> lines = operations.audit(Long.MAX_VALUE, 500);
        assertThat(lines).hasSameSizeAs(ids);
        for (AuditEntry line : lines) {
            EventStatus status = state(requireNonNull(line.eventId()));
            assertThat(status).isEqualTo(line.action().equals("APPROVE") ? EventStatus.PENDING : EventStatus.DISCARDED);
        }
        assertThat(lines.stream().map(AuditEntry::eventId).collect(toSet())).isEqualTo(Set.copyOf(ids));
    }

    /** Both have found the event, and wait for the lock of its lane until it is let go. */
    @Test
    void of_two_who_approve_the_same_event_at_once_one_wins_and_the_other_is_told() throws Exception {
        UUID id = outbox.publish("A", "body");
        set(id, EventStatus.QUARANTINED, "too large");
        ExecutorService operators = Executors.newFixedThreadPool(2);
        try (Connection lane = outbox.dataSource.getConnection()) {
            lock(lane, outbox.laneOf(id));
            Future<Boolean> one = operators.submit(() -> operations.approve(id, REASON));
            Future<Boolean> other = operators.submit(() -> operations.approve(id, REASON));
            await().until(() -> waiting(outbox) == 2);
            lane.rollback();
            assertThat(List.of(one.get(), other.get())).containsExactlyInAnyOrder(true, false);
        } finally {
            operators.shutdown();
        }
        assertThat(state(id)).isEqualTo(EventStatus.PENDING);
        assertThat(operations.audit(Long.MAX_VALUE, 10))
                .extracting(AuditEntry::action, AuditEntry::eventId)
                .containsExactly(tuple("APPROVE", id));
    }

    private static void lock(Connection connection, int lane) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT lane FROM outbox_lanes WHERE lane = %d FOR UPDATE".formatted(lane));
        }
    }

    @Test
    void one_call_decides_about_a_thousand_events_at_most_and_says_that_more_match() {
        TransactionalOutboxPublisher publisher = outbox.publisher(() -> {});
        List<UUID> ids =
                outbox.inTransaction(() -> publisher.publishAll(IntStream.rangeClosed(0, OutboxOperations.MAX_DECIDED)
                        .mapToObj(i -> OutboxMessage.of("Order", "key " + i, "OrderPlaced", "body"))
                        .toList()));
        outbox.jdbc
                .sql(
                        "UPDATE outbox_events SET status = 'QUARANTINED', last_error = 'too large', failed_at = created_at")
                .update();
        UUID last = ids.get(OutboxOperations.MAX_DECIDED);
        assertThat(operations.approve(EventFilter.quarantined(), REASON)).isEqualTo(new Decision(1000, 0, true));
        assertThat(auditedEvents()).hasSize(1000).containsExactlyInAnyOrderElementsOf(ids.subList(0, 1000));
        assertThat(state(ids.get(999))).isEqualTo(EventStatus.PENDING);
        assertThat(state(last)).isEqualTo(EventStatus.QUARANTINED);
        assertThat(operations.approve(EventFilter.quarantined(), REASON)).isEqualTo(new Decision(1, 0, false));
        assertThat(auditedEvents()).hasSize(1001).contains(last);
        assertThat(state(last)).isEqualTo(EventStatus.PENDING);
    }

    private List<UUID> auditedEvents() {
        Dialect dialect = Dialect.of(outbox.tables);
        return outbox.jdbc
                .sql("SELECT event_id FROM outbox_audit")
                .query((row, number) -> dialect.id(row, "event_id"))
                .list();
    }

    private EventStatus state(UUID id) {
        return operations.find(id).orElseThrow().status();
    }

    private void set(UUID id, EventStatus status, @Nullable String error) {
        outbox.jdbc
                .sql(
                        "UPDATE outbox_events SET status = :status, last_error = :error, failed_at = created_at WHERE event_id = :id")
                .param("status", status.name())
                .param("error", error, Types.VARCHAR)
                .param("id", Dialect.of(outbox.tables).id(id))
                .update();
    }
}
