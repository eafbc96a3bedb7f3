package dev.outbox.test.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventState;
import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.encryption.EncryptionPolicy;
import dev.outbox.encryption.EventIdentity;
import dev.outbox.encryption.KeysInMemory;
import dev.outbox.encryption.PayloadCipher;
import dev.outbox.spi.EncryptionKey;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.store.BatchMarks;
import dev.outbox.store.LaneClaim;
import dev.outbox.store.LaneLease;
import dev.outbox.store.LaneMark;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.PessimisticLockingFailureException;

/** Events and lanes, on a real database. */
@Timeout(60)
public abstract class StoreContract {
    private static final Duration LEASE = Duration.ofMinutes(1);

    protected Outbox outbox;

    /** A data source on a schema that is empty and only this test's. */
    protected abstract DataSource emptySchema();

    /** Where the tables are to be, by default in {@link #emptySchema()} and under their own names. */
    protected OutboxTables place() {
        return OutboxTables.of(emptySchema());
    }

    @BeforeEach
    void createTables() {
        outbox = new Outbox(place());
    }

    // ---- events

    @Test
    void an_event_starts_pending_and_keeps_everything_that_was_published() {
        byte[] payload = {0, 1, (byte) 0xFF, '\n'};
        OutboxMessage message = OutboxMessage.of("Order", "Zoë/注文", "OrderPlaced", payload)
                .version(Long.MAX_VALUE)
                .topic("orders")
                .contentType("application/x-thing")
                .header("tenant", "\"a\" \\ é\n");
        UUID id = outbox.inTransaction(() -> outbox.publisher(() -> {}).publish(message));

        EventState state = outbox.events.find(id).orElseThrow();
        assertThat(state.status()).isEqualTo(EventStatus.PENDING);
        assertThat(state.publishedAt()).isNull();
        assertThat(state.createdAt())
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));

        OutboxRecord record = outbox.read(state.lane(), 10).get(0);
        assertThat(record.seq()).isEqualTo(state.seq());
        assertThat(record.eventId()).isEqualTo(id);
        assertThat(record.aggregateType()).isEqualTo("Order");
        assertThat(record.aggregateId()).isEqualTo("Zoë/注文");
        assertThat(record.aggregateVersion()).isEqualTo(Long.MAX_VALUE);
        assertThat(record.eventType()).isEqualTo("OrderPlaced");
        assertThat(record.topic()).isEqualTo("orders");
        assertThat(record.contentType()).isEqualTo("application/x-thing");
        assertThat(record.payload()).isEqualTo(payload);
        assertThat(record.headers()).containsExactlyEntriesOf(message.headers());
    }

    @Test
    void an_event_without_version_and_headers_has_none() {
        UUID id = outbox.publish("1", "text");
        OutboxRecord record = outbox.read(outbox.laneOf(id), 10).get(0);
        assertThat(record.aggregateVersion()).isNull();
        assertThat(record.headers()).isEmpty();
        assertThat(record.topic()).isEqualTo("Order");
        assertThat(record.contentType()).isEqualTo("application/json");
        assertThat(record.payload()).asString().isEqualTo("\"text\"");
    }

    @Test
    void an_encrypted_event_names_its_key_and_is_read_as_it_was_stored() {
        PayloadCipher cipher = new PayloadCipher(
                new KeysInMemory("k".repeat(100), List.of(new EncryptionKey("k".repeat(100), new byte[32]))));
        OutboxMessage message = OutboxMessage.of("Order", "1", "OrderPlaced", "s3cr3t");
        List<UUID> ids = outbox.inTransaction(() ->
                outbox.publisher(EncryptionPolicy.everything(cipher), () -> {}).publishAll(List.of(message, message)));
        UUID plain = outbox.publish("1", "text");
        List<OutboxRecord> records = outbox.read(outbox.laneOf(plain), 10);
        assertThat(records).extracting(OutboxRecord::eventId).containsExactly(ids.get(0), ids.get(1), plain);
        for (OutboxRecord record : records.subList(0, 2)) {
            assertThat(record.encryptionKeyId()).isEqualTo("k".repeat(100));
            assertThat(new String(record.payload(), ISO_8859_1)).doesNotContain("s3cr3t");
            EventIdentity event = new EventIdentity(record.eventId(), "OrderPlaced", "Order", "1");
            assertThat(cipher.decrypt(event, "k".repeat(100), record.payload()))
                    .asString()
                    .isEqualTo("\"s3cr3t\"");
        }
        assertThat(records.get(2).encryptionKeyId()).isNull();
        assertThat(records.get(2).payload()).asString().isEqualTo("\"text\"");
    }

    @Test
    void an_unknown_event_is_not_found() {
        assertThat(outbox.events.find(UUID.randomUUID())).isEmpty();
    }

    @Test
    void pending_events_are_read_by_sequence_up_to_the_limit() {
        List<UUID> ids =
                IntStream.range(0, 5).mapToObj(i -> outbox.publish("1", i)).toList();
        int lane = outbox.laneOf(ids.get(0));
        assertThat(outbox.read(lane, 3)).extracting(OutboxRecord::eventId).containsExactlyElementsOf(ids.subList(0, 3));
        assertThat(outbox.read(lane, 100)).extracting(OutboxRecord::eventId).containsExactlyElementsOf(ids);
        assertThat(outbox.read((lane + 1) % outbox.lanes.count(), 100)).isEmpty();
    }

    // ---- lanes

    @Test
    void there_are_as_many_lanes_as_rows() {
        assertThat(outbox.lanes.count()).isEqualTo(64);
    }

    @Test
    void only_a_lane_with_pending_events_is_claimed() {
        assertThat(claim()).isEmpty();
        UUID id = outbox.publish("1", 1);
        assertThat(claim().orElseThrow().lane()).isEqualTo(outbox.laneOf(id));
    }

    @Test
    void a_claimed_lane_is_not_claimed_again() {
        outbox.publish("1", 1);
        assertThat(claim()).isPresent();
        assertThat(claim()).isEmpty();
    }

    @Test
    void many_at_once_claim_each_lane_once() throws Exception {
        publishAtOnce(1000);
        ExecutorService relays = Executors.newFixedThreadPool(8);
        try {
            List<Future<List<LaneLease>>> claims = IntStream.range(0, 8)
                    .mapToObj(i -> relays.submit(() -> {
                        List<LaneLease> mine = new ArrayList<>();
                        for (Optional<LaneLease> lease = claim(); lease.isPresent(); lease = claim())
                            mine.add(lease.get());
                        return mine;
                    }))
                    .toList();
            List<LaneLease> all = new ArrayList<>();
            for (Future<List<LaneLease>> claim : claims) all.addAll(claim.get());
            assertThat(all).extracting(LaneLease::lane).doesNotHaveDuplicates().hasSize(64);
        } finally {
            relays.shutdownNow();
        }
    }

    @Test
    void several_lanes_are_claimed_together_as_many_as_asked_for() {
        publishAtOnce(100);
        List<LaneClaim> ten = outbox.lanes.claim("test", LEASE, 10);
        assertThat(ten).hasSize(10).extracting(LaneClaim::lane).doesNotHaveDuplicates();
        assertThat(outbox.lanes.claim("test", LEASE, 1000))
                .extracting(LaneClaim::lane)
                .doesNotContainAnyElementsOf(ten.stream().map(LaneClaim::lane).toList());
    }

    @Test
    void lanes_are_read_together_each_up_to_the_limit() {
        List<UUID> busy =
                IntStream.range(0, 5).mapToObj(i -> outbox.publish("1", i)).toList();
        UUID quiet = outbox.publish("2", 1);
        List<LaneClaim> claims = outbox.lanes.claim("test", LEASE, 10);
        assertThat(outbox.batches.read(claims, 3, Long.MAX_VALUE).candidates())
                .extracting(candidate -> candidate.event().eventId())
                .containsExactly(busy.get(0), busy.get(1), busy.get(2), quiet);
    }

    @Test
    void a_lane_that_was_lost_is_not_marked_with_the_others() {
        UUID one = outbox.publish("1", 1);
        UUID two = outbox.publish("2", 1);
        List<LaneClaim> claims = outbox.lanes.claim("test", LEASE, 10);
        List<LaneMark> marks = claims.stream()
                .map(claim -> new LaneMark(
                        claim.lane() == outbox.laneOf(one)
                                ? claim
                                : new LaneClaim(
                                        new LaneLease(
                                                claim.lane(), claim.lease().token() - 1),
                                        claim.floor()),
                        Reading.NOTHING,
                        false,
                        new BatchMarks(seqs(claim.lane() == outbox.laneOf(one) ? one : two), List.of(), List.of()),
                        Duration.ZERO))
                .toList();
        assertThat(outbox.marking.mark(marks).floors()).containsOnlyKeys(outbox.laneOf(one));
        assertThat(outbox.events.find(one).orElseThrow().status()).isEqualTo(EventStatus.PUBLISHED);
        assertThat(outbox.events.find(two).orElseThrow().status()).isEqualTo(EventStatus.PENDING);
    }

    @Test
    void a_lane_that_was_let_go_comes_last() {
        List<UUID> ids = List.of(outbox.publish("1", 1), outbox.publish("2", 1), outbox.publish("3", 1));
        assertThat(ids).extracting(outbox::laneOf).doesNotHaveDuplicates();
        LaneLease first = claim().orElseThrow();
        assertThat(outbox.mark(first, List.of(), Duration.ZERO)).isTrue();
        assertThat(List.of(claim().orElseThrow().lane(), claim().orElseThrow().lane()))
                .doesNotContain(first.lane());
        assertThat(claim().orElseThrow().lane()).isEqualTo(first.lane());
    }

    @Test
    void marking_publishes_the_acknowledged_events_only() {
        UUID one = outbox.publish("1", 1);
        UUID two = outbox.publish("1", 2);
        LaneLease lease = claim().orElseThrow();
        assertThat(outbox.mark(lease, seqs(one), null)).isTrue();
        EventState published = outbox.events.find(one).orElseThrow();
        assertThat(published.status()).isEqualTo(EventStatus.PUBLISHED);
        assertThat(published.publishedAt()).isAfterOrEqualTo(published.createdAt());
        assertThat(outbox.events.find(two).orElseThrow().status()).isEqualTo(EventStatus.PENDING);
        assertThat(outbox.read(lease.lane(), 10))
                .extracting(OutboxRecord::eventId)
                .containsExactly(two);
    }

    @Test
    void marking_may_keep_the_lane_let_it_go_or_let_it_rest() {
        outbox.publish("1", 1);
        LaneLease lease = claim().orElseThrow();
        assertThat(outbox.mark(lease, List.of(), null)).isTrue();
        assertThat(claim()).isEmpty();
        assertThat(outbox.mark(lease, List.of(), Duration.ZERO)).isTrue();
        LaneLease again = claim().orElseThrow();
        assertThat(again.token()).isGreaterThan(lease.token());
        assertThat(outbox.mark(again, List.of(), LEASE)).isTrue();
        assertThat(claim()).isEmpty();
        outbox.endLeases();
        assertThat(claim()).isPresent();
    }

    @Test
    void an_expired_lease_is_taken_over_and_the_late_owner_marks_nothing() {
        UUID id = outbox.publish("1", 1);
        LaneLease late = outbox.claim("late", Duration.ofMillis(100)).orElseThrow();
        LaneLease[] owner = new LaneLease[1];
        await().until(() -> {
            Optional<LaneLease> claimed = claim();
            claimed.ifPresent(lease -> owner[0] = lease);
            return claimed.isPresent();
        });
        assertThat(outbox.mark(late, seqs(id), Duration.ZERO)).isFalse();
        assertThat(outbox.mark(late, seqs(id), null)).isFalse();
        assertThat(outbox.events.find(id).orElseThrow().status()).isEqualTo(EventStatus.PENDING);
        assertThat(claim())
                .as("the late relay must not let go what is not its own")
                .isEmpty();
        assertThat(outbox.mark(owner[0], seqs(id), Duration.ZERO)).isTrue();
        assertThat(outbox.events.find(id).orElseThrow().status()).isEqualTo(EventStatus.PUBLISHED);
    }

    @Test
    void an_expired_lease_that_nobody_took_over_still_marks() {
        UUID id = outbox.publish("1", 1);
        LaneLease lease = outbox.claim("slow", Duration.ofNanos(1)).orElseThrow();
        assertThat(outbox.mark(lease, seqs(id), Duration.ZERO)).isTrue();
        assertThat(outbox.events.find(id).orElseThrow().status()).isEqualTo(EventStatus.PUBLISHED);
    }

    @Test
    void what_is_published_stays_published() {
        UUID id = outbox.publish("1", 1);
        LaneLease lease = claim().orElseThrow();
        outbox.mark(lease, seqs(id), null);
        Instant first = outbox.events.find(id).orElseThrow().publishedAt();
        outbox.mark(lease, seqs(id), null);
        assertThat(outbox.events.find(id).orElseThrow().publishedAt()).isEqualTo(first);
    }

    /** If the stranger comes late, a database may end him instead; then it takes another stranger. */
    @Test
    void a_mark_that_the_database_ends_because_of_a_deadlock_is_made_again() {
        for (int i = 0; i < 50; i++) outbox.publish("stranger's " + i, i);
        int lane = outbox.laneOf(outbox.publish("1", 1));
        LaneLease lease = outbox.lanes.claim("test", LEASE, 64).stream()
                .map(LaneClaim::lease)
                .filter(claimed -> claimed.lane() == lane)
                .findFirst()
                .orElseThrow();
        await().atMost(Duration.ofSeconds(30)).until(() -> strangerSurvivesAMark(lease));
    }

    /** He holds an event's row and wants its lane's, while the mark holds the lane's and wants the event's. He has changed more, so it is the mark that is ended. */
    private boolean strangerSurvivesAMark(LaneLease lease) throws InterruptedException {
        UUID id = outbox.publish("1", 1);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            CountDownLatch locked = new CountDownLatch(1);
            Future<?> stranger = threads.submit(() -> outbox.inTransaction(() -> {
                outbox.jdbc
                        .sql("UPDATE outbox_events SET last_error = 'touched'")
                        .update();
                locked.countDown();
                await().until(() -> threads.submit(() -> isLocked(lease.lane())).get());
                return outbox.jdbc
                        .sql("SELECT lane FROM outbox_lanes WHERE lane = :lane FOR UPDATE")
                        .param("lane", lease.lane())
                        .query(Integer.class)
                        .list();
            }));
            locked.await();
            assertThat(outbox.mark(lease, seqs(id), null)).isTrue();
            assertThat(outbox.events.find(id).orElseThrow().status()).isEqualTo(EventStatus.PUBLISHED);
            stranger.get();
            return true;
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(PessimisticLockingFailureException.class);
            return false;
        } finally {
            threads.shutdownNow();
        }
    }

    private boolean isLocked(int lane) {
        return outbox.inTransaction(() -> outbox.jdbc
                .sql("SELECT lane FROM outbox_lanes WHERE lane = :lane FOR UPDATE SKIP LOCKED")
                .param("lane", lane)
                .query(Integer.class)
                .list()
                .isEmpty());
    }

    @Test
    void a_second_event_with_the_same_id_is_refused() {
        UUID id = outbox.publish("1", 1);
        assertThatThrownBy(() -> outbox.jdbc
                        .sql(
                                "INSERT INTO outbox_events (event_id, lane, aggregate_type, aggregate_id, event_type, topic,"
                                        + " content_type, payload, status, created_at) SELECT event_id, lane, aggregate_type,"
                                        + " aggregate_id, event_type, topic, content_type, payload, status, created_at FROM outbox_events")
                        .update())
                .isInstanceOf(org.springframework.dao.DuplicateKeyException.class);
        assertThat(outbox.events.find(id)).isPresent();
    }

    /** In one transaction: a thousand connections would take seconds. */
    private void publishAtOnce(int orders) {
        outbox.inTransaction(() -> IntStream.range(0, orders)
                .mapToObj(i -> outbox.publish("order " + i, i))
                .toList());
    }

    private Optional<LaneLease> claim() {
        return outbox.claim("test", LEASE);
    }

    private List<Long> seqs(UUID... ids) {
        return java.util.Arrays.stream(ids)
                .map(id -> outbox.events.find(id).orElseThrow().seq())
                .toList();
    }
}
