package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventState;
import dev.outbox.EventStatus;
import dev.outbox.store.BatchMarks;
import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.BatchRules;
import dev.outbox.store.Candidate;
import dev.outbox.store.Dialect;
import dev.outbox.store.LaneClaim;
import dev.outbox.store.LaneFloor;
import dev.outbox.store.LaneLease;
import dev.outbox.store.LaneMark;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Reading;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Failed events, and those behind them, on a real database. The release chunk of {@link Outbox} is 3. */
@Timeout(60)
public abstract class HoldingContract {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration AT_ONCE = Duration.ZERO;

    private Outbox outbox;
    private LaneLease lease;

    /** A data source on a schema that is empty and only this test's. */
    protected abstract DataSource emptySchema();

    /** Where the tables are to be, by default in {@link #emptySchema()} and under their own names. */
    protected OutboxTables place() {
        return OutboxTables.of(emptySchema());
    }

    @BeforeEach
    void createTables() {
        outbox = new Outbox(place());
        lease = new LaneLease(0, 0);
    }

    @Test
    void a_failed_event_waits_for_its_time_and_remembers_why() {
        UUID id = publish("A");
        mark(List.of(), List.of(retry(id, LONG)), List.of());
        assertThat(status(id)).isEqualTo(EventStatus.RETRYING);
        assertThat(candidates()).isEmpty();
        assertThat(column(id, "attempts")).isEqualTo("1");
        assertThat(column(id, "last_error")).isEqualTo("the reason");
        assertThat(column(id, "CASE WHEN failed_at > created_at THEN 'yes' END"))
                .isEqualTo("yes");
    }

    @Test
    void a_retry_that_is_due_is_read_with_its_attempts_and_published() {
        UUID id = publish("A");
        mark(List.of(), List.of(retry(id, AT_ONCE)), List.of());
        assertThat(candidates()).singleElement().satisfies(candidate -> {
            assertThat(candidate.attempts()).isEqualTo(1);
            assertThat(candidate.late()).isFalse();
        });
        mark(List.of(id), List.of(), List.of());
        assertThat(status(id)).isEqualTo(EventStatus.PUBLISHED);
        assertThat(candidates()).isEmpty();
    }

    @Test
    void a_due_retry_makes_its_lane_worth_claiming() {
        UUID id = publish("A");
        mark(List.of(), List.of(retry(id, Duration.ofMillis(300))), List.of());
        assertThat(outbox.claim("other", LONG)).isEmpty();
        letGo();
        await().until(() -> outbox.claim("other", LONG).isPresent());
    }

    @Test
    void an_uncounted_failure_uses_no_attempt() {
        UUID id = publish("A");
        mark(List.of(), List.of(new Failure(seq(id), false, AT_ONCE, "no leader")), List.of());
        assertThat(column(id, "attempts")).isEqualTo("0");
        assertThat(status(id)).isEqualTo(EventStatus.RETRYING);
    }

    @Test
    void an_event_behind_a_retry_that_is_not_due_is_late_and_parked() {
        UUID head = publish("A");
        mark(List.of(), List.of(retry(head, LONG)), List.of());
        UUID follower = publish("A");
        assertThat(candidates()).singleElement().matches(Candidate::late);
        mark(List.of(), List.of(), List.of(follower));
        assertThat(status(follower)).isEqualTo(EventStatus.BLOCKED);
        assertThat(candidates()).isEmpty();
    }

    /** Late or not when it is read: a database may say so to be on the safe side. */
    @Test
    void an_event_behind_a_retry_that_is_published_is_not_parked() {
        UUID head = publish("A");
        mark(List.of(), List.of(retry(head, AT_ONCE)), List.of());
        UUID follower = publish("A");
        assertThat(candidates()).hasSize(2);
        mark(List.of(head), List.of(), List.of(follower));
        assertThat(read()).containsExactly(follower);
    }

    @Test
    void an_event_without_a_blocker_is_not_parked_whoever_says_so() {
        UUID id = publish("A");
        mark(List.of(), List.of(), List.of(id));
        assertThat(status(id)).isEqualTo(EventStatus.PENDING);
    }

    /** It was committed after the later one had failed. */
    @Test
    void an_event_before_a_held_one_is_not_parked_with_those_behind_it() {
        List<UUID> ids = IntStream.range(0, 3).mapToObj(i -> publish("A")).toList();
        mark(List.of(), List.of(retry(ids.get(1), LONG)), List.of(ids.get(0), ids.get(2)));
        assertThat(read()).containsExactly(ids.get(0));
        assertThat(status(ids.get(2))).isEqualTo(EventStatus.BLOCKED);
    }

    @Test
    void parked_events_are_let_go_in_order_chunk_by_chunk() {
        List<UUID> ids = IntStream.range(0, 8).mapToObj(i -> publish("A")).toList();
        mark(List.of(), List.of(retry(ids.get(0), AT_ONCE)), ids.subList(1, 8));
        assertThat(ids.subList(1, 8)).allMatch(id -> status(id) == EventStatus.BLOCKED);

        mark(List.of(ids.get(0)), List.of(), List.of());
        assertThat(read()).containsExactlyElementsOf(ids.subList(1, 4));
        mark(List.of(ids.get(1)), List.of(), List.of());
        assertThat(read()).as("the rest of the chunk first").containsExactlyElementsOf(ids.subList(2, 4));
        mark(ids.subList(2, 4), List.of(), List.of());
        assertThat(read()).containsExactlyElementsOf(ids.subList(4, 7));
        mark(ids.subList(4, 7), List.of(), List.of());
        assertThat(read()).containsExactly(ids.get(7));
    }

    @Test
    void a_new_event_does_not_overtake_parked_ones_that_are_let_go() {
        List<UUID> ids = IntStream.range(0, 6).mapToObj(i -> publish("A")).toList();
        mark(List.of(), List.of(retry(ids.get(0), AT_ONCE)), ids.subList(1, 6));
        mark(List.of(ids.get(0)), List.of(), List.of());
        UUID fresh = publish("A");
        assertThat(candidates())
                .filteredOn(candidate -> candidate.event().eventId().equals(fresh))
                .singleElement()
                .matches(Candidate::late);
    }

    @Test
    void quarantine_holds_the_key_until_it_is_approved() {
        List<UUID> ids = IntStream.range(0, 3).mapToObj(i -> publish("A")).toList();
        mark(List.of(), List.of(quarantine(ids.get(0))), ids.subList(1, 3));
        assertThat(status(ids.get(0))).isEqualTo(EventStatus.QUARANTINED);
        assertThat(candidates()).isEmpty();

        assertThat(outbox.operations.approve(ids.get(0), "a test")).isTrue();
        assertThat(read()).containsExactly(ids.get(0));
        assertThat(column(ids.get(0), "attempts")).isEqualTo("0");
        mark(List.of(ids.get(0)), List.of(), List.of());
        assertThat(read()).containsExactlyElementsOf(ids.subList(1, 3));
    }

    @Test
    void a_discarded_event_lets_its_followers_go() {
        List<UUID> ids = IntStream.range(0, 3).mapToObj(i -> publish("A")).toList();
        mark(List.of(), List.of(quarantine(ids.get(0))), ids.subList(1, 3));
        assertThat(outbox.operations.discard(ids.get(0), "a test")).isTrue();
        assertThat(status(ids.get(0))).isEqualTo(EventStatus.DISCARDED);
        assertThat(read()).containsExactlyElementsOf(ids.subList(1, 3));
    }

    @Test
    void of_two_decisions_the_first_wins() {
        UUID id = publish("A");
        mark(List.of(), List.of(quarantine(id)), List.of());
        assertThat(outbox.operations.discard(id, "a test")).isTrue();
        assertThat(outbox.operations.discard(id, "a test")).isFalse();
        assertThat(outbox.operations.approve(id, "a test")).isFalse();
        assertThat(status(id)).isEqualTo(EventStatus.DISCARDED);
        assertThat(outbox.operations.approve(UUID.randomUUID(), "a test")).isFalse();
    }

    @Test
    void a_late_failure_does_not_bring_a_finished_event_back() {
        UUID id = publish("A");
        mark(List.of(id), List.of(), List.of());
        mark(List.of(), List.of(retry(id, AT_ONCE)), List.of());
        assertThat(status(id)).isEqualTo(EventStatus.PUBLISHED);
    }

    @Test
    void quarantine_that_does_not_block_lets_the_key_go_on() {
        outbox = new Outbox(outbox.tables, new BatchRules(false, false));
        List<UUID> ids = IntStream.range(0, 2).mapToObj(i -> publish("A")).toList();
        mark(List.of(), List.of(quarantine(ids.get(0))), List.of(ids.get(1)));
        assertThat(read()).containsExactly(ids.get(1));
        assertThat(candidates()).noneMatch(Candidate::late);
    }

    /** What a retry has held back goes on when the retry ends in a quarantine that does not block. */
    @Test
    void quarantine_that_does_not_block_lets_go_what_was_parked_before() {
        outbox = new Outbox(outbox.tables, new BatchRules(false, false));
        List<UUID> ids = IntStream.range(0, 3).mapToObj(i -> publish("A")).toList();
        mark(List.of(), List.of(retry(ids.get(0), AT_ONCE)), ids.subList(1, 3));
        assertThat(ids.subList(1, 3)).allMatch(id -> status(id) == EventStatus.BLOCKED);
        mark(List.of(), List.of(quarantine(ids.get(0))), List.of());
        assertThat(read()).containsExactlyElementsOf(ids.subList(1, 3));
    }

    @Test
    void other_keys_of_the_lane_go_on() {
        UUID head = publish("A");
        UUID other = publishIn("B");
        mark(List.of(), List.of(retry(head, LONG)), List.of());
        outbox.jdbc
                .sql("UPDATE outbox_events SET lane = :lane")
                .param("lane", lane())
                .update();
        assertThat(read()).containsExactly(other);
    }

    @Test
    void keys_that_differ_in_case_or_in_a_space_at_their_end_are_different() {
        UUID head = publish("Abc");
        mark(List.of(), List.of(retry(head, LONG)), List.of());
        List<UUID> others = List.of(publishIn("abc"), publishIn("ABC"), publishIn("Abc "), publishIn("Äbc"));
        UUID same = publishIn("Abc");
        outbox.jdbc
                .sql("UPDATE outbox_events SET lane = :lane")
                .param("lane", lane())
                .update();
        assertThat(read()).containsExactlyElementsOf(others);
        mark(
                List.of(),
                List.of(),
                Stream.concat(others.stream(), Stream.of(same)).toList());
        assertThat(others).allMatch(id -> status(id) == EventStatus.PENDING);
        assertThat(status(same)).isEqualTo(EventStatus.BLOCKED);
    }

    /** What waits behind a deleted event is let go as it is behind a marked one. */
    @Test
    void acknowledged_events_may_be_deleted_instead_of_marked() {
        outbox = new Outbox(outbox.tables, new BatchRules(true, true));
        UUID head = publish("A");
        UUID follower = publish("A");
        mark(List.of(), List.of(retry(head, AT_ONCE)), List.of(follower));
        assertThat(status(follower)).isEqualTo(EventStatus.BLOCKED);
        mark(List.of(head), List.of(), List.of());
        assertThat(outbox.events.find(head)).isEmpty();
        assertThat(read()).containsExactly(follower);
    }

    @Test
    void behind_a_crowd_of_late_events_those_of_held_keys_are_parked_unread_and_no_others() {
        UUID head = publish("A");
        UUID other = publishIn(outbox.neighbourOf("A"));
        List<UUID> followers =
                IntStream.range(0, 5).mapToObj(i -> publishIn("A")).toList();
        mark(List.of(), List.of(retry(head, LONG)), List.of());

        LaneClaim claim = new LaneClaim(lease, new LaneFloor(0, null, null, 0));
        Reading firstThree = outbox.batches.read(List.of(claim), 3, Long.MAX_VALUE);
        outbox.marking.mark(List.of(new LaneMark(claim, firstThree, true, BatchMarks.NONE, null)));

        assertThat(followers.subList(2, 5)).allMatch(id -> status(id) == EventStatus.BLOCKED);
        assertThat(followers.subList(0, 2))
                .as("read, and marked otherwise")
                .allMatch(id -> status(id) == EventStatus.PENDING);
        assertThat(read()).containsExactly(other);
    }

    @Test
    void a_batch_is_limited_by_bytes_and_never_empty_for_that() {
        for (int i = 0; i < 4; i++) publish("A");
        int bytes = candidates().get(0).event().payload().length;
        assertThat(outbox.candidates(lane(), 100, 2L * bytes)).hasSize(2);
        assertThat(outbox.candidates(lane(), 100, 1)).hasSize(1);
    }

    // ---- a small language for the tests above

    private UUID publish(String key) {
        UUID id = publishIn(key);
        if (lease.token() == 0) lease = outbox.claim("test", LONG).orElseThrow();
        return id;
    }

    private UUID publishIn(String key) {
        return outbox.publish(key, "body");
    }

    private void mark(List<UUID> acknowledged, List<Failure> failed, List<UUID> waiting) {
        assertThat(mark(acknowledged, failed, waiting, null)).isTrue();
    }

    private boolean mark(
            List<UUID> acknowledged, List<Failure> failed, List<UUID> waiting, @Nullable Duration leaseFromNow) {
        BatchMarks marks = new BatchMarks(
                acknowledged.stream().map(this::seq).toList(),
                failed,
                waiting.stream().map(this::seq).toList());
        return outbox.mark(lease, marks, leaseFromNow);
    }

    private void letGo() {
        assertThat(mark(List.of(), List.of(), List.of(), Duration.ZERO)).isTrue();
    }

    private Failure retry(UUID id, Duration in) {
        return new Failure(seq(id), true, in, "the reason");
    }

    private Failure quarantine(UUID id) {
        return new Failure(seq(id), true, null, "the last reason");
    }

    private List<Candidate> candidates() {
        return outbox.candidates(lane(), 100);
    }

    private List<UUID> read() {
        return candidates().stream()
                .filter(candidate -> !candidate.late())
                .map(candidate -> candidate.event().eventId())
                .toList();
    }

    private int lane() {
        return lease.lane();
    }

    private EventStatus status(UUID id) {
        return state(id).status();
    }

    private long seq(UUID id) {
        return state(id).seq();
    }

    private EventState state(UUID id) {
        return outbox.events.find(id).orElseThrow();
    }

    private String column(UUID id, String name) {
        assertThat(Arrays.asList("attempts", "last_error", "CASE WHEN failed_at > created_at THEN 'yes' END"))
                .contains(name);
        return outbox.jdbc
                .sql("SELECT " + name + " FROM outbox_events WHERE event_id = :id")
                .param("id", Dialect.of(outbox.tables).id(id))
                .query(String.class)
                .single();
    }
}
