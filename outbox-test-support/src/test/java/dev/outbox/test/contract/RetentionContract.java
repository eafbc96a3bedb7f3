package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.EventState;
import dev.outbox.EventStatus;
import dev.outbox.retention.EventRetention;
import dev.outbox.retention.RetentionMode;
import dev.outbox.retention.RetentionRules;
import dev.outbox.retention.RetentionRun;
import dev.outbox.store.AuditStore;
import dev.outbox.store.Dialect;
import dev.outbox.store.EventsInUse;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.RetentionStore;
import dev.outbox.store.RetentionStore.Chunk;
import dev.outbox.store.TableSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What becomes of finished events after a while. */
@Timeout(60)
abstract class RetentionContract {
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration YEAR = Duration.ofDays(365);
    private static final Duration OLD = Duration.ofDays(8);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int CHUNK = 3;

    private static final String COLUMNS = """
            seq, event_id, lane, aggregate_type, aggregate_id, aggregate_version, event_type, topic, content_type, payload, headers,
            encryption_key_id, status, attempts, next_attempt_at, last_error, failed_at, created_at, published_at""";

    private Outbox outbox;
    private Dialect dialect;

    /** A data source on a schema that is empty and only this test's. */
    abstract DataSource emptySchema();

    /** Where the tables are to be, by default in {@link #emptySchema()} and under their own names. */
    OutboxTables place() {
        return OutboxTables.of(emptySchema());
    }

    @BeforeEach
    void createTables() {
        outbox = new Outbox(place());
        dialect = Dialect.of(outbox.tables);
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETE", "ARCHIVE", "DELETE_AT_ONCE"})
    void what_was_finished_long_ago_goes_and_nothing_else(RetentionMode mode) {
        List<Long> go = new ArrayList<>();
        List<Long> stay = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            go.add(published(OLD));
            stay.add(published(WEEK.minusHours(1)));
            go.add(discarded(OLD));
            stay.add(discarded(WEEK.minusHours(1)));
            for (EventStatus status :
                    List.of(EventStatus.PENDING, EventStatus.RETRYING, EventStatus.QUARANTINED, EventStatus.BLOCKED)) {
                stay.add(unfinished(status, OLD));
            }
        }

        RetentionRun run = run(mode, null);

        assertThat(run.deleted() + run.archived()).isEqualTo(go.size());
        assertThat(seqs("outbox_events")).containsExactlyElementsOf(stay);
        assertThat(seqs("outbox_archived_events"))
                .containsExactlyElementsOf(mode == RetentionMode.ARCHIVE ? go : List.of());
        assertThat(run.stoppedAt()).isNull();
        assertThat(run(mode, null))
                .extracting(RetentionRun::deleted, RetentionRun::archived)
                .containsOnly(0L);
    }

    @Test
    void an_archived_event_is_as_it_was() {
        published(OLD);
        discarded(OLD);
        List<Map<String, Object>> before = rows("outbox_events");
        run(RetentionMode.ARCHIVE, null);
        assertThat(rows("outbox_archived_events"))
                .usingRecursiveFieldByFieldElementComparator()
                .isEqualTo(before);
        assertThat(outbox.jdbc
                        .sql(
                                "SELECT count(*) FROM outbox_archived_events WHERE archived_at > created_at AND archived_at <= "
                                        + dialect.now())
                        .query(Long.class)
                        .single())
                .isEqualTo(2);
    }

    @Test
    void an_archived_event_is_found_as_it_was_and_with_the_time_of_the_move() {
        published(OLD);
        UUID id = outbox.publish("B", "body");
        set(outbox.events.find(id).orElseThrow().seq(), publishedAt(OLD));
        EventState before = outbox.operations.find(id).orElseThrow();
        assertThat(before.archivedAt()).isNull();
        run(RetentionMode.ARCHIVE, null);
        EventState after = outbox.operations.find(id).orElseThrow();
        assertThat(after.archivedAt()).isAfter(before.createdAt().plus(WEEK));
        assertThat(after)
                .usingRecursiveComparison()
                .ignoringFields("archivedAt")
                .isEqualTo(before);
    }

    @Test
    void what_is_kept_stays() {
        long seq = published(YEAR);
        assertThat(run(RetentionMode.KEEP, null).deleted()).isZero();
        assertThat(seqs("outbox_events")).containsExactly(seq);
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETE", "ARCHIVE", "KEEP"})
    void archived_events_are_deleted_after_their_own_time_whatever_becomes_of_the_others_now(RetentionMode mode) {
        published(YEAR.plusDays(1));
        long young = published(OLD);
        run(RetentionMode.ARCHIVE, null);
        assertThat(run(mode, YEAR).deletedFromArchive()).isEqualTo(1);
        assertThat(seqs("outbox_archived_events")).containsExactly(young);
    }

    @Test
    void unfinished_events_at_the_beginning_are_passed_by_once_a_run() {
        for (int i = 0; i < 4 * CHUNK; i++) unfinished(EventStatus.BLOCKED, OLD);
        for (int i = 0; i < CHUNK; i++) published(OLD);
        AtomicInteger chunks = new AtomicInteger();
        RetentionRun run = retention(RetentionMode.DELETE, null, EventsInUse.NONE)
                .run(LONG, () -> {
                    chunks.incrementAndGet();
                    return true;
                });
        assertThat(run.deleted()).isEqualTo(CHUNK);
        assertThat(seqs("outbox_events")).hasSize(4 * CHUNK);
        assertThat(chunks).hasValue(6);
    }

    /** There may be millions of them. */
    @Test
    void what_is_too_young_is_not_walked_through() {
        published(OLD);
        for (int i = 0; i < 4 * CHUNK; i++) published(Duration.ofHours(1));
        RetentionStore store = new RetentionStore(outbox.tables, EventsInUse.NONE);
        Chunk first = store.delete(WEEK, 0, CHUNK);
        assertThat(first).extracting(Chunk::removed, Chunk::over).containsExactly(1, false);
        assertThat(store.delete(WEEK, first.last(), CHUNK))
                .extracting(Chunk::removed, Chunk::over)
                .containsExactly(0, true);
    }

    /** Behind an event that was sent late there are others that were sent in time. */
    @Test
    void what_was_created_long_ago_and_finished_lately_does_not_end_the_walk() {
        for (int i = 0; i < 2 * CHUNK; i++) {
            long seq = published(OLD);
            set(seq, "published_at = " + ago(Duration.ofDays(1)));
        }
        published(OLD);
        assertThat(run(RetentionMode.DELETE, null).deleted()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"DELETE", "ARCHIVE"})
    void what_is_still_needed_stays_where_it_is_until_it_is_not(RetentionMode mode) {
        long first = published(YEAR.plusDays(1));
        long needed = published(YEAR.plusDays(1));
        long last = published(YEAR.plusDays(1));
        EventsInUse replay = seqs -> {
            assertThat(seqs).isSorted();
            return Set.of(needed, 4711L);
        };
        retention(mode, null, replay).run(LONG, () -> true);
        assertThat(seqs("outbox_events")).containsExactly(needed);
        run(mode, null);
        assertThat(seqs("outbox_events")).isEmpty();
        if (mode == RetentionMode.DELETE) return;
        assertThat(seqs("outbox_archived_events")).containsExactly(first, needed, last);
        retention(mode, YEAR, replay).run(LONG, () -> true);
        assertThat(seqs("outbox_archived_events")).containsExactly(needed);
    }

    @Test
    void a_run_that_is_stopped_says_where_and_the_next_one_goes_on() {
        for (int i = 0; i < 3 * CHUNK; i++) published(OLD);
        AtomicInteger chunks = new AtomicInteger();
        EventRetention retention = retention(RetentionMode.DELETE, null, EventsInUse.NONE);
        RetentionRun stopped = retention.run(LONG, () -> chunks.incrementAndGet() <= 2);
        assertThat(stopped.deleted()).isEqualTo(2 * CHUNK);
        assertThat(stopped.stoppedAt()).isNotNull();
        assertThat(retention.run(Duration.ZERO, () -> true).deleted())
                .as("without any time")
                .isZero();
        assertThat(retention.run(LONG, () -> true).deleted()).isEqualTo(CHUNK);
    }

    /** The archive has one of its events already, so that it fails after some of its rows. */
    @Test
    void a_chunk_that_fails_changes_nothing() {
        long first = published(OLD);
        long second = published(OLD);
        outbox.jdbc
                .sql(
                        "INSERT INTO outbox_archived_events (%1$s, archived_at) SELECT %1$s, %2$s FROM outbox_events WHERE seq = :seq"
                                .formatted(COLUMNS, dialect.now()))
                .param("seq", second)
                .update();
        assertThatThrownBy(() -> run(RetentionMode.ARCHIVE, null)).isInstanceOf(DataAccessException.class);
        assertThat(seqs("outbox_events")).containsExactly(first, second);
        assertThat(seqs("outbox_archived_events")).containsExactly(second);
    }

    @Test
    void lines_of_the_audit_trail_are_deleted_after_their_own_time_in_chunks() {
        for (int i = 0; i < 2 * CHUNK; i++) audited(YEAR.plusDays(1));
        List<Long> stay = List.of(audited(YEAR.minusDays(1)), audited(YEAR.minusDays(1)));
        EventsInUse askedOfEventsOnly = seqs -> {
            throw new IllegalStateException("These are no events: " + seqs);
        };
        AtomicInteger chunks = new AtomicInteger();
        RetentionRun run = new EventRetention(
                        new RetentionStore(outbox.tables, askedOfEventsOnly),
                        new RetentionRules(RetentionMode.KEEP, WEEK, null, YEAR, CHUNK))
                .run(LONG, () -> chunks.incrementAndGet() > 0);
        assertThat(run.deletedFromAudit()).isEqualTo(2 * CHUNK);
        assertThat(audit()).containsExactlyElementsOf(stay);
        assertThat(chunks).hasValue(3);
    }

    @Test
    void the_audit_trail_is_kept_unless_something_else_is_said() {
        long line = audited(YEAR.multipliedBy(10));
        for (RetentionMode mode : RetentionMode.values()) run(mode, YEAR);
        assertThat(audit()).containsExactly(line);
    }

    /** InnoDB renews its statistics some time later, or when it is told to; MySQL would remember the first answer for a day all the same. */
    @Test
    void the_size_of_both_tables_is_told_as_it_is_now() {
        TableSize size = new TableSize(outbox.tables);
        OptionalLong before = size.bytes();
        if (!tellsSizes()) {
            assertThat(before).isEmpty();
            return;
        }
        byte[] large = new byte[900_000];
        new Random(1).nextBytes(large);
        for (int i = 0; i < 2; i++) set(published(OLD), large);
        run(RetentionMode.ARCHIVE, null);
        for (int i = 0; i < 2; i++) set(published(OLD), large);
        if (!dialect.hasArrays()) analyze();
        assertThat(size.bytes().orElseThrow()).isGreaterThan(before.orElseThrow() + 3_500_000);
    }

    private void analyze() {
        assertThat(outbox.jdbc
                        .sql("ANALYZE TABLE outbox_events, outbox_archived_events")
                        .query((row, number) -> row.getString("Msg_text"))
                        .list())
                .isSubsetOf("OK", "Engine-independent statistics collected");
    }

    private void set(long seq, byte[] payload) {
        outbox.jdbc
                .sql("UPDATE outbox_events SET payload = :payload WHERE seq = :seq")
                .param("payload", payload)
                .param("seq", seq)
                .update();
    }

    /** H2 does not; a dialect is one object. */
    private boolean tellsSizes() {
        return dialect != Dialect.of(OutboxTables.of(new DriverManagerDataSource("jdbc:h2:mem:", "sa", "")));
    }

    private RetentionRun run(RetentionMode mode, @Nullable Duration archived) {
        return retention(mode, archived, EventsInUse.NONE).run(LONG, () -> true);
    }

    private EventRetention retention(RetentionMode mode, @Nullable Duration archived, EventsInUse inUse) {
        return new EventRetention(
                new RetentionStore(outbox.tables, inUse), new RetentionRules(mode, WEEK, archived, null, CHUNK));
    }

    private long published(Duration ago) {
        return event(publishedAt(ago));
    }

    private String publishedAt(Duration ago) {
        return "status = 'PUBLISHED', published_at = %1$s, created_at = %1$s".formatted(ago(ago));
    }

    private long discarded(Duration ago) {
        return event("status = 'DISCARDED', failed_at = %1$s, created_at = %1$s, last_error = 'refused', attempts = 3"
                .formatted(ago(ago)));
    }

    private long unfinished(EventStatus status, Duration ago) {
        return event("status = '%1$s', failed_at = %2$s, created_at = %2$s, next_attempt_at = %3$s"
                .formatted(status.name(), ago(ago), status == EventStatus.RETRYING ? ago(ago) : "NULL"));
    }

    private long audited(Duration ago) {
        new AuditStore(outbox.tables).add("operator", "PAUSE", "everything", null, "a test");
        List<Long> lines = audit();
        long latest = lines.get(lines.size() - 1);
        outbox.jdbc
                .sql("UPDATE outbox_audit SET recorded_at = %s WHERE id = :id".formatted(ago(ago)))
                .param("id", latest)
                .update();
        return latest;
    }

    private List<Long> audit() {
        return outbox.jdbc
                .sql("SELECT id FROM outbox_audit ORDER BY id")
                .query(Long.class)
                .list();
    }

    private long event(String values) {
        UUID id = outbox.publish("A", Map.of("number", 1));
        long seq = outbox.events.find(id).orElseThrow().seq();
        set(seq, values);
        return seq;
    }

    private void set(long seq, String values) {
        outbox.jdbc
                .sql("UPDATE outbox_events SET %s WHERE seq = :seq".formatted(values))
                .param("seq", seq)
                .update();
    }

    private String ago(Duration duration) {
        return dialect.after(String.valueOf(-duration.toNanos() / 1000));
    }

    private List<Long> seqs(String table) {
        return outbox.jdbc
                .sql("SELECT seq FROM %s ORDER BY seq".formatted(table))
                .query(Long.class)
                .list();
    }

    private List<Map<String, Object>> rows(String table) {
        return outbox.jdbc
                .sql("SELECT %s FROM %s ORDER BY seq".formatted(COLUMNS, table))
                .query()
                .listOfRows();
    }
}
