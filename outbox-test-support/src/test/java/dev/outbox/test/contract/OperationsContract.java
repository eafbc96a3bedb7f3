package dev.outbox.test.contract;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.outbox.AuditEntry;
import dev.outbox.Decision;
import dev.outbox.EventFilter;
import dev.outbox.EventPage;
import dev.outbox.EventState;
import dev.outbox.EventStatus;
import dev.outbox.OutboxAccessDeniedException;
import dev.outbox.OutboxConfigurationException;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPause;
import dev.outbox.OutboxPermission;
import dev.outbox.QuarantineGroup;
import dev.outbox.ReplayPlan;
import dev.outbox.operate.StoredOperations;
import dev.outbox.spi.AccessControl;
import dev.outbox.store.Dialect;
import dev.outbox.store.EventSearch;
import dev.outbox.store.QuarantineStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What operators see, and what nobody does without permission, reason and audit, on a real database. */
@Timeout(60)
abstract class OperationsContract {
    /** What would be run or expanded if it were not a parameter of a statement. */
    static final List<String> INJECTIONS =
            List.of("' OR '1'='1", "x'; DROP TABLE outbox_events; --", "\\' OR 1=1 #", "%", "t_o", ":seq", "?");

    private static final String REASON = "the topic is there now";

    Outbox outbox;
    private OutboxOperations operations;

    abstract DataSource emptySchema();

    @BeforeEach
    void createTables() {
        outbox = new Outbox(emptySchema());
        operations = outbox.operations;
    }

    @Test
    void events_come_the_latest_first_page_by_page() {
        List<UUID> ids =
                IntStream.range(0, 7).mapToObj(i -> outbox.publish("A", i)).toList();
        EventPage first = operations.events(EventFilter.all(), Long.MAX_VALUE, 3);
        assertThat(ids(first.events())).containsExactly(ids.get(6), ids.get(5), ids.get(4));
        EventPage second = operations.events(EventFilter.all(), next(first), 3);
        assertThat(ids(second.events())).containsExactly(ids.get(3), ids.get(2), ids.get(1));
        EventPage third = operations.events(EventFilter.all(), next(second), 3);
        assertThat(ids(third.events())).containsExactly(ids.get(0));
        assertThat(third.next()).isNull();
    }

    @Test
    void every_condition_of_a_filter_counts() {
        UUID one = outbox.publish("A", "body");
        UUID other = outbox.publish("B", "body");
        set(other, EventStatus.QUARANTINED, "Record is 100% too large");
        Instant stored = state(one).createdAt();
        Instant soon = Instant.now().plus(Duration.ofDays(1));

        assertThat(found(EventFilter.all())).containsExactly(other, one);
        assertThat(found(EventFilter.all().withStatus(EventStatus.PENDING))).containsExactly(one);
        assertThat(found(EventFilter.quarantined())).containsExactly(other);
        assertThat(found(EventFilter.all().withStatus(EventStatus.PENDING, EventStatus.QUARANTINED)))
                .containsExactly(other, one);
        assertThat(found(EventFilter.all().withEventType("OrderPlaced"))).containsExactly(other, one);
        assertThat(found(EventFilter.all().withEventType("orderplaced"))).isEmpty();
        assertThat(found(EventFilter.all().withKey("Order", "A"))).containsExactly(one);
        assertThat(found(EventFilter.all().withTopic(state(one).topic()))).containsExactly(other, one);
        assertThat(found(EventFilter.all().withTopic("another"))).isEmpty();
        assertThat(found(EventFilter.all().withPeriod(stored, null))).contains(one);
        assertThat(found(EventFilter.all().withPeriod(null, stored))).isEmpty();
        assertThat(found(EventFilter.all().withPeriod(soon, null))).isEmpty();
        assertThat(found(EventFilter.all().withPeriod(null, soon))).containsExactly(other, one);
        assertThat(found(EventFilter.all().withError("100% too"))).containsExactly(other);
        assertThat(found(EventFilter.quarantined().withError("too large"))).containsExactly(other);
        assertThat(found(EventFilter.all().withEvent(one))).containsExactly(one);
        assertThat(found(EventFilter.quarantined().withEvent(other))).containsExactly(other);
        assertThat(found(EventFilter.quarantined().withEvent(one))).isEmpty();
        assertThat(found(EventFilter.all().withEvent(one).withKey("Order", "B")))
                .isEmpty();
        assertThat(found(EventFilter.all().withEvent(UUID.randomUUID()))).isEmpty();
    }

    @Test
    void what_a_filter_says_is_compared_and_never_run_or_expanded() {
        UUID id = outbox.publish("A", "body");
        set(id, EventStatus.QUARANTINED, "too large");
        for (String attempt : INJECTIONS) {
            assertThat(found(EventFilter.all().withEventType(attempt))).isEmpty();
            assertThat(found(EventFilter.all().withKey(attempt, attempt))).isEmpty();
            assertThat(found(EventFilter.all().withTopic(attempt))).isEmpty();
            assertThat(found(EventFilter.quarantined().withError(attempt))).isEmpty();
            assertThat(operations
                            .impact(EventFilter.quarantined().withError(attempt))
                            .events())
                    .isZero();
            assertThat(operations.discard(EventFilter.quarantined().withError(attempt), attempt))
                    .isEqualTo(new Decision(0, 0, false));
        }
        assertThat(state(id).status()).isEqualTo(EventStatus.QUARANTINED);
        assertThat(operations.approve(id, "x'; DROP TABLE outbox_audit; --")).isTrue();
        assertThat(operations.audit(Long.MAX_VALUE, 10))
                .singleElement()
                .satisfies(entry -> assertThat(entry.reason()).isEqualTo("x'; DROP TABLE outbox_audit; --"));
    }

    @Test
    void a_search_goes_on_where_it_has_left_off_looking() {
        UUID oldest = outbox.publish("oldest", "body");
        IntStream.range(0, 24).forEach(i -> outbox.publish("A", i));
        EventFilter filter = EventFilter.all().withKey("Order", "oldest");
        EventSearch search = new EventSearch(outbox.tables, 5);
        EventPage looked = search.find(filter, Long.MAX_VALUE, 10);
        assertThat(looked.events()).isEmpty();
        assertThat(ids(search.find(filter, next(looked), 10).events())).containsExactly(oldest);
        EventFilter named = EventFilter.all().withEvent(oldest);
        EventPage found = search.find(named, Long.MAX_VALUE, 1);
        assertThat(ids(found.events())).containsExactly(oldest);
        assertThat(found.next()).isNull();
        assertThat(search.find(named, found.events().get(0).seq(), 1).events()).isEmpty();

        List<UUID> all = new ArrayList<>();
        EventPage page = search.find(EventFilter.all(), Long.MAX_VALUE, 7);
        all.addAll(ids(page.events()));
        while (page.next() != null) {
            page = search.find(EventFilter.all(), next(page), 7);
            all.addAll(ids(page.events()));
        }
        assertThat(all).hasSize(25).doesNotHaveDuplicates().endsWith(oldest);
    }

    @Test
    void an_event_tells_of_its_failure() {
        UUID id = outbox.publish("A", "body");
        set(id, EventStatus.QUARANTINED, "too large");
        EventState state = operations.find(id).orElseThrow();
        assertThat(state.error()).isEqualTo("too large");
        assertThat(state.failedAt()).isNotNull();
        assertThat(state.attempts()).isZero();
    }

    @Test
    void the_quarantine_shows_what_has_the_same_cause() {
        List<UUID> large = IntStream.range(0, 3)
                .mapToObj(i -> outbox.publish("key " + i % 2, i))
                .toList();
        large.forEach(id -> set(id, EventStatus.QUARANTINED, "too large" + " ".repeat(100) + id));
        UUID refused = outbox.publish("A", "body");
        set(refused, EventStatus.QUARANTINED, "refused");
        outbox.publish("A", "another");
        List<QuarantineGroup> groups = operations.quarantine();
        assertThat(groups)
                .extracting(
                        QuarantineGroup::eventType,
                        group -> group.error().strip(),
                        QuarantineGroup::events,
                        QuarantineGroup::keys,
                        QuarantineGroup::example)
                .containsExactly(
                        tuple("OrderPlaced", "too large", 3L, 2L, large.get(0)),
                        tuple("OrderPlaced", "refused", 1L, 1L, refused));
        assertThat(groups.get(0).firstFailure()).isEqualTo(state(large.get(0)).failedAt());
    }

    @Test
    void a_pause_is_audited_once() {
        assertThat(operations.pause(OutboxPause.topic("orders"), REASON)).isTrue();
        assertThat(operations.pause(OutboxPause.topic("orders"), REASON)).isFalse();
        assertThat(operations.resume(OutboxPause.everything(), REASON)).isFalse();
        assertThat(operations.resume(OutboxPause.topic("orders"), REASON)).isTrue();
        assertThat(operations.audit(Long.MAX_VALUE, 10))
                .extracting(AuditEntry::action, AuditEntry::subject, AuditEntry::eventId)
                .containsExactly(tuple("RESUME", "topic orders", null), tuple("PAUSE", "topic orders", null));
    }

    @Test
    void nothing_is_done_without_a_reason() {
        UUID id = outbox.publish("A", "body");
        set(id, EventStatus.QUARANTINED, "too large");
        for (String reason : List.of("", " \n", "x".repeat(501))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> operations.approve(id, reason))
                    .withMessage("A reason of 1 to 500 characters is needed for the audit trail; this one has %d."
                            .formatted(reason.strip().length()));
            assertThatIllegalArgumentException().isThrownBy(() -> operations.discard(EventFilter.all(), reason));
            assertThatIllegalArgumentException().isThrownBy(() -> operations.pause(OutboxPause.everything(), reason));
        }
        assertThat(state(id).status()).isEqualTo(EventStatus.QUARANTINED);
        assertThat(operations.pauses()).isEmpty();
        assertThat(operations.audit(Long.MAX_VALUE, 10)).isEmpty();
        assertThat(operations.approve(id, "x".repeat(500))).isTrue();
    }

    @Test
    void a_decision_that_cannot_be_audited_is_not_made() {
        UUID id = outbox.publish("A", "body");
        set(id, EventStatus.QUARANTINED, "too large");
        outbox.jdbc.sql("ALTER TABLE outbox_audit RENAME TO mislaid").update();
        for (ThrowingCallable decision : List.<ThrowingCallable>of(
                () -> operations.approve(id, REASON),
                () -> operations.discard(id, REASON),
                () -> operations.pause(OutboxPause.everything(), REASON)))
            assertThatThrownBy(decision)
                    .isInstanceOf(OutboxConfigurationException.class)
                    .hasMessage(
                            "The table of the audit trail, outbox_audit, is missing, and nothing is done that is not written down there. Create it: its statement is in the script V1 of these tables, in the jar below dev/outbox/schema.");
        assertThat(state(id).status()).isEqualTo(EventStatus.QUARANTINED);
        assertThat(operations.pauses()).isEmpty();
    }

    @Test
    void nobody_is_answered_or_obeyed_without_permission() throws Exception {
        UUID id = outbox.publish("A", "body");
        set(id, EventStatus.QUARANTINED, "too large");
        assertThat(operations.pause(OutboxPause.lane(1), REASON)).isTrue();
        Map<Class<?>, Object> arguments = Map.of(
                UUID.class,
                id,
                String.class,
                REASON,
                EventFilter.class,
                EventFilter.all(),
                ReplayPlan.class,
                ReplayPlan.ofAggregates(Set.of("A")),
                OutboxPause.class,
                OutboxPause.lane(1),
                long.class,
                Long.MAX_VALUE,
                int.class,
                10);
        OutboxOperations forNobody = operations(AccessControl.denyAll());
        OutboxOperations forViewers = operations(permission -> {
            if (permission == OutboxPermission.OUTBOX_VIEW) return "viewer";
            throw new OutboxAccessDeniedException("a viewer may not do this");
        });
        Set<String> viewed = new TreeSet<>();
        for (Method operation : OutboxOperations.class.getMethods()) {
            Object[] with = Arrays.stream(operation.getParameterTypes())
                    .map(arguments::get)
                    .toArray();
            assertThatThrownBy(() -> operation.invoke(forNobody, with))
                    .as(operation.getName())
                    .cause()
                    .isInstanceOf(OutboxAccessDeniedException.class)
                    .hasMessageContaining(
                            "Add Spring Security, or declare a bean of type dev.outbox.spi.AccessControl.");
            try {
                operation.invoke(forViewers, with);
                viewed.add(operation.getName());
            } catch (InvocationTargetException e) {
                assertThat(e.getCause()).isInstanceOf(OutboxAccessDeniedException.class);
            }
        }
        assertThat(viewed).containsExactly("audit", "events", "find", "impact", "pauses", "quarantine", "state");
        assertThat(state(id).status()).isEqualTo(EventStatus.QUARANTINED);
        assertThat(operations.pauses()).containsExactly(OutboxPause.lane(1));
        assertThat(operations.audit(Long.MAX_VALUE, 10)).hasSize(1);
    }

    @Test
    void who_has_no_name_is_not_obeyed() {
        assertThatThrownBy(() -> operations(AccessControl.allowAll(" ")).pause(OutboxPause.everything(), REASON))
                .isInstanceOf(OutboxAccessDeniedException.class)
                .hasMessage(
                        "Whoever has OUTBOX_OPERATE here has no name, and the audit trail needs one. Correct the AccessControl of this application.");
        assertThat(operations.pauses()).isEmpty();
    }

    private OutboxOperations operations(AccessControl access) {
        return new StoredOperations(
                outbox.tables,
                outbox.events,
                new QuarantineStore(outbox.tables, outbox.lanes, outbox.batches),
                access,
                null);
    }

    @Test
    void a_page_has_a_size() {
        for (int size : new int[] {0, -1, 501}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> operations.events(EventFilter.all(), Long.MAX_VALUE, size))
                    .withMessage("A page has 1 to 500 entries, not %d.".formatted(size));
            assertThatIllegalArgumentException().isThrownBy(() -> operations.audit(Long.MAX_VALUE, size));
        }
    }

    private List<UUID> found(EventFilter filter) {
        EventPage page = operations.events(filter, Long.MAX_VALUE, 100);
        assertThat(page.next()).isNull();
        return ids(page.events());
    }

    private static List<UUID> ids(List<EventState> events) {
        return events.stream().map(EventState::eventId).toList();
    }

    private static long next(EventPage page) {
        return requireNonNull(page.next());
    }

    private EventState state(UUID id) {
        return operations.find(id).orElseThrow();
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
