package dev.outbox.test.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.EventState;
import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.publish.QuarantineTopic;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.store.BatchMarking;
import dev.outbox.store.BatchMarking.Marked;
import dev.outbox.store.BatchMarks;
import dev.outbox.store.BatchMarks.Failure;
import dev.outbox.store.BatchStore;
import dev.outbox.store.LaneClaim;
import dev.outbox.store.LaneMark;
import dev.outbox.store.LaneStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Reading;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** What the mark that puts an event into quarantine stores for the dead-letter topic, on a real database. */
@Timeout(60)
abstract class QuarantineTopicContract {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final String SECRET = "s3cr3t";

    private Outbox outbox;

    abstract DataSource emptySchema();

    @BeforeEach
    void createTables() {
        outbox = new Outbox(emptySchema()).withDeadLetters("dead");
    }

    @Test
    void an_event_that_goes_to_quarantine_is_told_of_without_its_payload_and_with_its_key_and_headers() {
        UUID id = publish("Zoë \"1\"");
        String error = "refused: \"x\"\n" + "é".repeat(2_000);
        mark(new Failure(seq(id), true, null, error));
        assertThat(status(id)).isEqualTo(EventStatus.QUARANTINED);
        OutboxRecord letter = onlyLetter();
        assertThat(letter.topic()).isEqualTo("dead");
        assertThat(letter.aggregateType()).isEqualTo("outbox.DeadLetter");
        assertThat(letter.aggregateId()).isEqualTo("Zoë \"1\"");
        assertThat(letter.eventType()).isEqualTo("outbox.EventQuarantined");
        assertThat(letter.contentType()).isEqualTo("application/json");
        assertThat(letter.headers()).isEqualTo(Map.of("tenant", "a"));
        assertThat(letter.aggregateVersion()).isNull();
        assertThat(letter.encryptionKeyId()).isNull();
        assertThat(letter.seq()).isGreaterThan(seq(id));
        assertThat(new String(letter.payload(), UTF_8))
                .isEqualTo("""
                        {"eventId":"%s","sequence":%d,"aggregateType":"Order","aggregateId":"Zoë \\"1\\"","eventType":"OrderPlaced",\
                        "topic":"orders","attempts":1,"lastError":"refused: \\"x\\"\\n%s…"}""".formatted(id, seq(id), "é".repeat(999 - 13)))
                .doesNotContain(SECRET);
    }

    @Test
    void a_retry_is_not_told_of_and_an_attempt_that_does_not_count_is_not_counted() {
        UUID id = publish("A");
        mark(new Failure(seq(id), true, Duration.ZERO, "not yet"));
        assertThat(letters()).isEmpty();
        mark(new Failure(seq(id), false, null, "no more"));
        assertThat(payload(onlyLetter())).contains("\"attempts\":1,\"lastError\":\"no more\"");
    }

    @Test
    void a_relay_that_has_lost_its_lane_tells_of_nothing() {
        UUID id = publish("A");
        LaneClaim claim = claimLaneOf(id);
        Reading reading = read(claim);
        claimLaneOf(id); // by somebody else
        Failure failure = new Failure(seq(id), true, null, "refused");
        assertThat(mark(outbox.marking, claim, reading, failure, null).floors()).isEmpty();
        assertThat(letters()).isEmpty();
        assertThat(status(id)).isEqualTo(EventStatus.PENDING);
    }

    @Test
    void a_late_failure_of_a_finished_event_is_not_told_of() {
        UUID id = publish("A");
        LaneClaim claim = claimLaneOf(id);
        Reading reading = read(claim);
        outbox.mark(claim.lease(), List.of(seq(id)), null);
        mark(outbox.marking, claim, reading, new Failure(seq(id), true, null, "refused"), null);
        assertThat(letters()).isEmpty();
    }

    @Test
    void what_cannot_be_told_of_is_not_in_quarantine() {
        UUID id = publish("A");
        LaneClaim claim = claimLaneOf(id);
        BatchMarking failing = new BatchMarking(outbox.lanes, outbox.batches, (event, failure) -> {
            throw new IllegalStateException("no letter");
        });
        assertThatThrownBy(() -> mark(failing, claim, read(claim), new Failure(seq(id), true, null, "refused"), null))
                .hasMessage("no letter");
        assertThat(status(id)).isEqualTo(EventStatus.PENDING);
    }

    @Test
    void a_mark_that_the_database_has_ended_after_the_letter_was_stored_stores_one_when_it_is_made_again() {
        UUID id = publish("A");
        LaneClaim claim = claimLaneOf(id);
        Reading reading = read(claim);
        AtomicInteger ended = new AtomicInteger();
        OutboxTables tables = OutboxTables.of(new EndingOnce(outbox.dataSource, "SET floor = ", ended));
        LaneStore lanes = LaneStore.of(tables);
        BatchMarking marking = new BatchMarking(
                lanes, BatchStore.of(tables, Outbox.RULES), new QuarantineTopic("dead", lanes.count()));
        mark(marking, claim, reading, new Failure(seq(id), true, null, "refused"), Duration.ZERO);
        assertThat(ended).hasValue(1);
        assertThat(letters()).hasSize(1);
        assertThat(status(id)).isEqualTo(EventStatus.QUARANTINED);
    }

    @Test
    void a_dead_letter_that_goes_to_quarantine_itself_is_followed_by_no_other() {
        UUID id = publish("A");
        mark(new Failure(seq(id), true, null, "refused"));
        OutboxRecord letter = onlyLetter();
        mark(new Failure(letter.seq(), true, null, "refused as well"));
        assertThat(status(letter.eventId())).isEqualTo(EventStatus.QUARANTINED);
        assertThat(outbox.jdbc
                        .sql("SELECT count(*) FROM outbox_events")
                        .query(Long.class)
                        .single())
                .isEqualTo(2);
    }

    @Test
    void an_event_that_is_approved_and_fails_again_is_told_of_again() {
        UUID id = publish("A");
        mark(new Failure(seq(id), true, null, "refused"));
        assertThat(outbox.operations.approve(id, "a test")).isTrue();
        assertThat(letters()).as("what has happened has happened").hasSize(1);
        mark(new Failure(seq(id), true, null, "refused again"));
        assertThat(letters())
                .extracting(QuarantineTopicContract::payload)
                .satisfiesExactly(
                        first -> assertThat(first).contains("\"attempts\":1,\"lastError\":\"refused\""),
                        second -> assertThat(second).contains("\"attempts\":1,\"lastError\":\"refused again\""));
        assertThat(letters()).extracting(OutboxRecord::eventId).doesNotHaveDuplicates();
        assertThat(outbox.operations.discard(id, "a test")).isTrue();
        assertThat(letters()).hasSize(2);
    }

    @Test
    void half_a_character_at_the_end_of_an_error_that_was_cut_does_not_keep_an_event_from_quarantine() {
        UUID id = publish("A");
        mark(new Failure(seq(id), true, null, "x".repeat(998) + "😀😀"));
        assertThat(payload(onlyLetter())).contains("xxx?…\"}");
    }

    @Test
    void without_a_topic_nothing_is_told() {
        outbox = new Outbox(outbox.tables);
        UUID id = publish("A");
        mark(new Failure(seq(id), true, null, "refused"));
        assertThat(status(id)).isEqualTo(EventStatus.QUARANTINED);
        assertThat(letters()).isEmpty();
    }

    // ---- a small language for the tests above

    private UUID publish(String key) {
        return outbox.inTransaction(() -> outbox.publisher(() -> {})
                .publish(OutboxMessage.of("Order", key, "OrderPlaced", SECRET)
                        .topic("orders")
                        .version(7)
                        .header("tenant", "a")));
    }

    /** As a relay does that claims the lane of the event, reads it and marks. */
    private void mark(Failure failure) {
        LaneClaim claim = claimLane(laneOf(failure.seq()));
        mark(outbox.marking, claim, read(claim), failure, null);
    }

    private static Marked mark(
            BatchMarking marking, LaneClaim claim, Reading reading, Failure failure, @Nullable Duration lease) {
        BatchMarks marks = new BatchMarks(List.of(), List.of(failure), List.of());
        return marking.mark(List.of(new LaneMark(claim, reading, false, marks, lease)));
    }

    private LaneClaim claimLaneOf(UUID id) {
        return claimLane(state(id).lane());
    }

    /** Whoever holds it. */
    private LaneClaim claimLane(int lane) {
        outbox.jdbc
                .sql("UPDATE outbox_lanes SET lease_until = '1970-01-01 00:00:00'")
                .update();
        return outbox.lanes.claim("test", LONG, 64).stream()
                .filter(claim -> claim.lane() == lane)
                .findFirst()
                .orElseThrow();
    }

    private Reading read(LaneClaim claim) {
        return outbox.batches.read(List.of(claim), 100, Long.MAX_VALUE);
    }

    private OutboxRecord onlyLetter() {
        assertThat(letters()).hasSize(1);
        return letters().get(0);
    }

    /** Those that wait to be sent, in their order. */
    private List<OutboxRecord> letters() {
        return outbox
                .jdbc
                .sql("SELECT DISTINCT lane FROM outbox_events WHERE aggregate_type = 'outbox.DeadLetter'")
                .query(Integer.class)
                .list()
                .stream()
                .flatMap(lane -> outbox.read(lane, 100).stream())
                .filter(event -> event.aggregateType().equals("outbox.DeadLetter"))
                .toList();
    }

    private static String payload(OutboxRecord letter) {
        return new String(letter.payload(), UTF_8);
    }

    private int laneOf(long seq) {
        return outbox.jdbc
                .sql("SELECT lane FROM outbox_events WHERE seq = :seq")
                .param("seq", seq)
                .query(Integer.class)
                .single();
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

    /** Ends the transaction, the first time that it comes to a statement, as a database does that has found a deadlock. */
    private static final class EndingOnce extends DelegatingDataSource {
        private final String statement;
        private final AtomicInteger ended;

        EndingOnce(DataSource target, String statement, AtomicInteger ended) {
            super(target);
            this.statement = statement;
            this.ended = ended;
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            return (Connection) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("prepareStatement")
                                && ((String) arguments[0]).contains(statement)
                                && ended.compareAndSet(0, 1)) throw new SQLException("deadlock", "40001");
                        try {
                            return method.invoke(connection, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    });
        }
    }
}
