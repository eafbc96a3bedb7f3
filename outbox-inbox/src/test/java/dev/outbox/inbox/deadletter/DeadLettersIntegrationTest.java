package dev.outbox.inbox.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.inbox.DeadLetter;
import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.DeadLetters;
import dev.outbox.inbox.EventKey;
import dev.outbox.inbox.RecordPosition;
import dev.outbox.inbox.RedriveResult;
import dev.outbox.inbox.store.Delivery;
import dev.outbox.inbox.store.InboxStatus;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.test.TestSize;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What dead letters and held keys do on every database. The topic does not matter here. */
@Timeout(120)
@ParameterizedClass
@EnumSource(InboxDatabase.class)
class DeadLettersIntegrationTest {
    private static final String CONSUMER = "notification";
    private static final FailureCause CAUSE = new FailureCause("java.lang.Exception", "java.lang.Exception: why");
    private static final DeadLetterFilter ALL = DeadLetterFilter.of(CONSUMER);

    private final InboxDatabase database;
    private final OutboxTables tables;
    private final JdbcClient jdbc;
    private final TransactionTemplate transaction;
    private final InboxStore inbox;
    private final TopicInMemory topic = new TopicInMemory();
    private final Diversion diversion;
    private final DeadLetters deadLetters;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** Which events fail, by their offset. */
    private final Set<Long> failing = ConcurrentHashMap.newKeySet();

    /** Called in the transaction of the redrive. */
    private volatile Runnable duringHandling = () -> {};

    DeadLettersIntegrationTest(InboxDatabase database) {
        this.database = database;
        this.tables = database.createTables();
        this.jdbc = JdbcClient.create(tables.dataSource());
        this.transaction = new TransactionTemplate(new DataSourceTransactionManager(tables.dataSource()));
        this.inbox = new InboxStore(tables);
        this.diversion = new Diversion(CONSUMER, tables, topic.topic());
        this.deadLetters = new StoredDeadLetters(
                tables, transaction, consumer -> consumer.equals(CONSUMER) ? this::handle : null, () -> topic);
        String place = database == InboxDatabase.MYSQL || database == InboxDatabase.MARIADB
                ? "bigint NOT NULL AUTO_INCREMENT PRIMARY KEY"
                : "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY";
        jdbc.sql("CREATE TABLE handled (place %s, aggregate_id varchar(200) NOT NULL, source_offset bigint NOT NULL)"
                        .formatted(place))
                .update();
    }

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    /** As a listener does, in the current transaction. */
    private void handle(ConsumerRecord<?, byte[]> record) {
        Delivery delivery = RecordIdentity.of(record).delivery();
        if (!inbox.record(CONSUMER, delivery, InboxStatus.HANDLED, 1)) return;
        jdbc.sql("INSERT INTO handled (aggregate_id, source_offset) VALUES (:id, :offset)")
                .param("id", RecordIdentity.of(record).key().aggregateId())
                .param("offset", record.offset())
                .update();
        duringHandling.run();
        if (failing.contains(record.offset())) throw new IllegalStateException("not yet");
    }

    private List<Long> handled() {
        return jdbc.sql("SELECT source_offset FROM handled ORDER BY place")
                .query(Long.class)
                .list();
    }

    private List<Long> listed() {
        return deadLetters.list(ALL, 0, 1000).stream()
                .map(letter -> letter.source().offset())
                .toList();
    }

    private boolean isHeld(String aggregateId) {
        return !diversion.heldAmong(List.of(Events.of(aggregateId, 0))).isEmpty();
    }

    /** An event that fails, and then some that follow. */
    private void putAside(String aggregateId, long offset, long... followers) {
        diversion.putAside(Events.of(aggregateId, offset), CAUSE, 4, true);
        for (long follower : followers)
            assertThat(diversion.follow(Events.of(aggregateId, follower))).isTrue();
    }

    @Test
    void a_dead_letter_says_what_where_and_why() {
        ConsumerRecord<String, byte[]> failed = Events.of("1", 5);
        ConsumerRecord<String, byte[]> behind = Events.of("1", 6);
        diversion.putAside(failed, CAUSE, 4, true);
        diversion.follow(behind);
        DeadLetter letter = deadLetters.find(CONSUMER, Events.idOf(failed)).orElseThrow();
        assertThat(letter.consumer()).isEqualTo(CONSUMER);
        assertThat(letter.eventId()).isEqualTo(Events.idOf(failed));
        assertThat(letter.key()).isEqualTo(new EventKey("Order", "1"));
        assertThat(letter.eventType()).isEqualTo("OrderPlaced");
        assertThat(letter.source()).isEqualTo(new RecordPosition("orders", 2, 5));
        assertThat(letter.copy()).isEqualTo(new RecordPosition("orders.DLT", 0, 0));
        assertThat(letter.attempts()).isEqualTo(4);
        assertThat(letter.error()).isEqualTo("java.lang.Exception: why");
        assertThat(letter.follower()).isFalse();
        assertThat(Duration.between(letter.failedAt(), Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));

        DeadLetter follower = deadLetters.find(CONSUMER, Events.idOf(behind)).orElseThrow();
        assertThat(follower.follower()).isTrue();
        assertThat(follower.attempts()).isZero();
        assertThat(follower.error())
                .isEqualTo("Waits behind event %s (OrderPlaced of Order 1, orders-2@5) for notification."
                        .formatted(Events.idOf(failed)));
        assertThat(follower.position()).isGreaterThan(letter.position());
        assertThat(deadLetters.find("another", Events.idOf(failed))).isEmpty();
    }

    @Test
    void dead_letters_are_listed_page_by_page_and_by_what_they_are() {
        for (long offset = 0; offset < 5; offset++) putAside("key" + offset, offset);
        UUID other = UUID.randomUUID();
        diversion.putAside(Events.of(other, "Customer", "key1", 5), CAUSE, 1, true);
        new Diversion("another", tables, topic.topic()).putAside(Events.of("key1", 6), CAUSE, 1, true);

        List<DeadLetter> first = deadLetters.list(ALL, 0, 4);
        List<DeadLetter> second = deadLetters.list(ALL, first.get(3).position(), 4);
        assertThat(first).extracting(letter -> letter.source().offset()).containsExactly(0L, 1L, 2L, 3L);
        assertThat(second).extracting(letter -> letter.source().offset()).containsExactly(4L, 5L);
        assertThat(deadLetters.list(ALL.aggregate("Order", "key1"), 0, 10)).hasSize(1);
        assertThat(deadLetters.list(ALL.aggregate("Customer", "key1"), 0, 10))
                .extracting(DeadLetter::eventId)
                .containsExactly(other);
        assertThat(deadLetters.list(ALL.events(Set.of(other, UUID.randomUUID())), 0, 10))
                .hasSize(1);
        assertThat(deadLetters.list(ALL.topic("orders").eventType("OrderPlaced"), 0, 10))
                .hasSize(6);
        assertThat(deadLetters.list(ALL.topic("Orders"), 0, 10)).isEmpty();
        assertThat(deadLetters.list(ALL.eventType("orderplaced"), 0, 10)).isEmpty();
    }

    @Test
    void keys_that_differ_in_case_or_in_blanks_at_their_end_are_held_apart() {
        putAside("a", 1);
        assertThat(isHeld("a")).isTrue();
        assertThat(isHeld("A")).isFalse();
        assertThat(isHeld("a ")).isFalse();
        putAside("A", 2);
        putAside("a ", 3);
        assertThat(deadLetters.redrive(ALL.aggregate("Order", "a"), 10).handled())
                .isEqualTo(1);
        assertThat(listed()).containsExactly(2L, 3L);
        assertThat(isHeld("a")).isFalse();
        assertThat(isHeld("A")).isTrue();
    }

    @Test
    void held_keys_are_found_among_many_however_many_are_held() {
        List<ConsumerRecord<String, byte[]>> asked =
                IntStream.range(0, 1200).mapToObj(i -> Events.of("key" + i, i)).toList();
        assertThat(diversion.heldAmong(asked)).isEmpty();
        putAside("key7", 7);
        putAside("key1100", 1100);
        Set<EventKey> held = Set.of(new EventKey("Order", "key7"), new EventKey("Order", "key1100"));
        assertThat(diversion.heldAmong(asked)).isEqualTo(held);
        assertThat(diversion.heldAmong(asked.subList(0, 100))).containsExactly(new EventKey("Order", "key7"));
        List<String> others = IntStream.range(0, 1000)
                .mapToObj(i -> "('%s', 'Order', 'other%d', '2026-11-21 08:00:00')".formatted(CONSUMER, i))
                .toList();
        jdbc.sql("INSERT INTO inbox_held_keys (consumer, aggregate_type, aggregate_id, since) VALUES "
                        + String.join(", ", others))
                .update();
        assertThat(diversion.heldAmong(asked)).isEqualTo(held);
    }

    @Test
    void an_event_that_comes_again_is_entered_once() {
        ConsumerRecord<String, byte[]> failed = Events.of("1", 1);
        ConsumerRecord<String, byte[]> behind = Events.of("1", 2);
        for (int time = 0; time < 2; time++) {
            diversion.putAside(failed, CAUSE, 4, true);
            assertThat(diversion.follow(failed)).as("a copy of it").isTrue();
            assertThat(diversion.follow(behind)).isTrue();
        }
        assertThat(listed()).containsExactly(1L, 2L);
        assertThat(deadLetters
                        .find(CONSUMER, Events.idOf(failed))
                        .orElseThrow()
                        .copy()
                        .offset())
                .as("the first copy")
                .isZero();
        assertThat(topic.copies()).as("no copy of what is entered already").isEqualTo(3);
    }

    @Test
    void a_redrive_handles_a_whole_key_in_order_and_holds_it_no_longer() {
        putAside("1", 1, 3, 5);
        putAside("2", 2, 4);
        UUID last = deadLetters.list(ALL, 0, 10).get(3).eventId();
        RedriveResult result = deadLetters.redrive(ALL.events(Set.of(last)), 10);
        assertThat(result).isEqualTo(new RedriveResult(2, List.of(), ""));
        assertThat(handled()).containsExactly(2L, 4L);
        assertThat(listed()).containsExactly(1L, 3L, 5L);
        assertThat(isHeld("2")).isFalse();
        assertThat(isHeld("1")).isTrue();
        assertThat(diversion.follow(Events.of("2", 6))).isFalse();
        assertThat(deadLetters.redrive(ALL, 10).handled()).isEqualTo(3);
        assertThat(handled()).containsExactly(2L, 4L, 1L, 3L, 5L);
        assertThat(listed()).isEmpty();
    }

    @Test
    void a_redrive_has_transactions_of_its_own_and_sees_what_is_there_now() {
        transaction.executeWithoutResult(status -> {
            assertThat(handled()).isEmpty();
            putAside("1", 1, 2);
            assertThat(deadLetters.redrive(ALL, 10).handled()).isEqualTo(2);
            status.setRollbackOnly();
        });
        assertThat(handled()).containsExactly(1L, 2L);
        assertThat(listed()).isEmpty();
    }

    @Test
    void a_redrive_stops_at_its_limit() {
        putAside("1", 1, 2, 3);
        assertThat(deadLetters.redrive(ALL, 2).handled()).isEqualTo(2);
        assertThat(handled()).containsExactly(1L, 2L);
        assertThat(isHeld("1")).isTrue();
    }

    @Test
    void one_that_fails_again_stays_with_those_behind_it_and_other_keys_go_on() {
        putAside("1", 1, 3, 4);
        putAside("2", 2);
        failing.add(3L);
        RedriveResult result = deadLetters.redrive(ALL, 10);
        assertThat(result.handled()).isEqualTo(2);
        assertThat(result.outage()).isEmpty();
        assertThat(result.failed()).singleElement().satisfies(failed -> {
            assertThat(failed.letter().source().offset()).isEqualTo(3);
            assertThat(failed.error()).isEqualTo("java.lang.IllegalStateException: not yet");
        });
        assertThat(handled()).containsExactly(1L, 2L);
        assertThat(listed()).containsExactly(3L, 4L);
        DeadLetter stays = deadLetters.list(ALL, 0, 1).get(0);
        assertThat(stays.attempts()).isEqualTo(1);
        assertThat(stays.error()).isEqualTo("java.lang.IllegalStateException: not yet");
        failing.clear();
        assertThat(deadLetters.redrive(ALL, 10).handled()).isEqualTo(2);
        assertThat(handled()).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void an_outage_ends_a_redrive_and_is_no_failure_of_an_event() {
        putAside("1", 1);
        putAside("2", 2);
        duringHandling = () -> {
            throw new MissingEncryptionKeyException("The key is missing.", "a", null);
        };
        RedriveResult result = deadLetters.redrive(ALL, 10);
        assertThat(result)
                .isEqualTo(new RedriveResult(
                        0, List.of(), "dev.outbox.MissingEncryptionKeyException: The key is missing."));
        assertThat(deadLetters.list(ALL, 0, 10)).allSatisfy(letter -> {
            assertThat(letter.attempts()).isEqualTo(4);
            assertThat(letter.error()).isEqualTo("java.lang.Exception: why");
        });
    }

    @Test
    void without_a_hold_each_is_redriven_by_itself() {
        diversion.putAside(Events.of("1", 1), CAUSE, 4, false);
        diversion.putAside(Events.of("1", 2), CAUSE, 4, false);
        diversion.putAside(Events.of("1", 3), CAUSE, 4, false);
        assertThat(isHeld("1")).isFalse();
        failing.add(1L);
        DeadLetter third = deadLetters.list(ALL, 0, 10).get(2);
        assertThat(deadLetters.redrive(ALL.events(Set.of(third.eventId())), 10).handled())
                .isEqualTo(1);
        assertThat(handled()).containsExactly(3L);
        assertThat(deadLetters.redrive(ALL, 10).handled()).isEqualTo(1);
        assertThat(handled()).containsExactly(3L, 2L);
        assertThat(listed()).containsExactly(1L);
    }

    @Test
    void a_key_that_becomes_held_meanwhile_is_redriven_in_its_order() {
        for (long offset = 1; offset <= 2; offset++) diversion.putAside(Events.of("1", offset), CAUSE, 4, false);
        DeadLetter second = deadLetters.list(ALL, 0, 10).get(1);
        topic.beforeReading = () -> {
            topic.beforeReading = () -> {};
            diversion.putAside(Events.of("1", 3), CAUSE, 4, true);
        };
        assertThat(deadLetters.redrive(ALL.events(Set.of(second.eventId())), 10).handled())
                .as("the first one has to come first now")
                .isZero();
        assertThat(listed()).containsExactly(1L, 2L, 3L);
        assertThat(deadLetters.redrive(ALL.events(Set.of(second.eventId())), 10).handled())
                .isEqualTo(3);
        assertThat(handled()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void a_record_that_is_no_outbox_event_is_listed_and_holds_nothing() {
        ConsumerRecord<String, byte[]> foreign = new ConsumerRecord<>("orders", 2, 9, "1", "x".getBytes(UTF_8));
        diversion.putAside(foreign, CAUSE, 1, true);
        diversion.putAside(foreign, CAUSE, 1, true);
        diversion.putAside(new ConsumerRecord<>("orders", 2, 10, "1", "x".getBytes(UTF_8)), CAUSE, 1, true);
        assertThat(listed()).containsExactly(9L, 10L);
        DeadLetter letter = deadLetters.list(ALL, 0, 1).get(0);
        assertThat(letter.key()).isEqualTo(EventKey.NONE);
        assertThat(letter).hasToString("the record orders-2@9 for notification");
        assertThat(diversion.heldAmong(List.of(foreign, Events.of("1", 11)))).isEmpty();
        assertThat(jdbc.sql("SELECT count(*) FROM inbox_held_keys")
                        .query(Integer.class)
                        .single())
                .isZero();
        assertThat(deadLetters.discard(CONSUMER, letter.eventId(), "not ours")).isTrue();
        assertThat(listed()).containsExactly(10L);
    }

    @Test
    void a_discarded_one_counts_as_handled_and_those_behind_it_wait_for_a_redrive() {
        ConsumerRecord<String, byte[]> failed = Events.of("1", 1);
        diversion.putAside(failed, CAUSE, 4, true);
        diversion.follow(Events.of("1", 2));
        assertThat(deadLetters.discard(CONSUMER, Events.idOf(failed), "wrong by itself"))
                .isTrue();
        assertThat(deadLetters.discard(CONSUMER, Events.idOf(failed), "wrong by itself"))
                .isFalse();
        assertThat(isHeld("1")).isTrue();
        transaction.executeWithoutResult(status -> handle(failed));
        assertThat(handled()).as("a copy that comes again is a duplicate").isEmpty();
        assertThat(deadLetters.redrive(ALL, 10).handled()).isEqualTo(1);
        assertThat(handled()).containsExactly(2L);
        assertThat(isHeld("1")).isFalse();
    }

    @Test
    void when_the_last_one_of_a_key_is_discarded_the_key_is_held_no_longer() {
        putAside("1", 1);
        assertThat(deadLetters.discard(
                        CONSUMER, deadLetters.list(ALL, 0, 1).get(0).eventId(), "wrong"))
                .isTrue();
        assertThat(isHeld("1")).isFalse();
    }

    @Test
    void an_event_that_somebody_else_has_handled_meanwhile_is_not_put_aside() {
        ConsumerRecord<String, byte[]> first = Events.of("1", 1);
        transaction.executeWithoutResult(status -> handle(first));
        diversion.putAside(first, CAUSE, 4, true);
        assertThat(listed()).isEmpty();
        assertThat(isHeld("1")).isFalse();
        putAside("1", 2);
        ConsumerRecord<String, byte[]> third = Events.of("1", 3);
        transaction.executeWithoutResult(status -> handle(third));
        assertThat(diversion.follow(third)).isTrue();
        assertThat(listed()).containsExactly(2L);
    }

    @Test
    void what_was_put_aside_is_a_duplicate_until_it_is_redriven() {
        ConsumerRecord<String, byte[]> failed = Events.of("1", 1);
        diversion.putAside(failed, CAUSE, 4, false);
        transaction.executeWithoutResult(status -> handle(failed));
        assertThat(handled()).isEmpty();
        assertThat(deadLetters.redrive(ALL, 10).handled()).isEqualTo(1);
        assertThat(handled()).containsExactly(1L);
    }

    @Test
    void work_without_a_transaction_that_has_failed_is_redriven() {
        ConsumerRecord<String, byte[]> failed = Events.of("1", 1);
        transaction.executeWithoutResult(
                status -> inbox.record(CONSUMER, RecordIdentity.of(failed).delivery(), InboxStatus.FAILED, 4));
        diversion.putAside(failed, CAUSE, 4, true);
        assertThat(deadLetters.redrive(ALL, 10).handled()).isEqualTo(1);
        assertThat(handled()).containsExactly(1L);
    }

    @Test
    void an_event_and_its_reprocessing_by_a_replay_are_two_dead_letters() {
        UUID id = UUID.randomUUID();
        ConsumerRecord<String, byte[]> again = replayed(id, "reprocess");
        diversion.putAside(Events.of(id, "Order", "1", 1), CAUSE, 4, true);
        assertThat(diversion.follow(replayed(id, "normal"))).isTrue();
        assertThat(diversion.follow(again)).isTrue();
        assertThat(deadLetters.list(ALL, 0, 10))
                .extracting(DeadLetter::eventId, DeadLetter::replayId)
                .containsExactly(Tuple.tuple(id, ""), Tuple.tuple(id, "r1"));
        assertThat(deadLetters.redrive(ALL, 1).handled()).isEqualTo(1);
        assertThat(deadLetters.discard(CONSUMER, id, "once was enough")).isTrue();
        transaction.executeWithoutResult(status -> handle(again));
        assertThat(handled()).containsExactly(1L);
        ConsumerRecord<String, byte[]> unknown = replayed(id, "undo");
        diversion.putAside(unknown, CAUSE, 1, true);
        assertThat(deadLetters.list(ALL, 0, 10))
                .as("what a replay wants that is not understood is not guessed")
                .extracting(DeadLetter::key)
                .containsExactly(EventKey.NONE);
    }

    private static ConsumerRecord<String, byte[]> replayed(UUID id, String mode) {
        ConsumerRecord<String, byte[]> record = Events.of(id, "Order", "1", 2);
        record.headers().add("ce_replayid", "r1".getBytes(UTF_8)).add("ce_replaymode", mode.getBytes(UTF_8));
        return record;
    }

    @Test
    void a_follower_waits_for_the_redrive_of_the_last_one_and_is_handled_after_it() throws Exception {
        putAside("1", 1);
        HeldHandling held = new HeldHandling();
        Future<RedriveResult> redrive = threads.submit(() -> deadLetters.redrive(ALL, 10));
        held.begun.await();
        Future<Boolean> follower = threads.submit(() -> diversion.follow(Events.of("1", 2)));
        await().until(() -> database.waiting(tables) == 1);
        held.end.countDown();
        assertThat(redrive.get().handled()).isEqualTo(1);
        assertThat(follower.get()).isFalse();
        assertThat(listed()).isEmpty();
    }

    @Test
    void a_follower_waits_for_the_redrive_of_the_last_one_and_follows_when_that_fails() throws Exception {
        putAside("1", 1);
        failing.add(1L);
        HeldHandling held = new HeldHandling();
        Future<RedriveResult> redrive = threads.submit(() -> deadLetters.redrive(ALL, 10));
        held.begun.await();
        Future<Boolean> follower = threads.submit(() -> diversion.follow(Events.of("1", 2)));
        await().until(() -> database.waiting(tables) == 1);
        held.end.countDown();
        assertThat(redrive.get().failed()).hasSize(1);
        assertThat(follower.get()).isTrue();
        assertThat(listed()).containsExactly(1L, 2L);
    }

    @Test
    void a_second_redrive_waits_for_the_first_one_and_goes_on_behind_it() throws Exception {
        putAside("1", 1, 2);
        HeldHandling held = new HeldHandling();
        Future<RedriveResult> first = threads.submit(() -> deadLetters.redrive(ALL, 1));
        held.begun.await();
        duringHandling = () -> {};
        Future<RedriveResult> second = threads.submit(() -> deadLetters.redrive(ALL, 10));
        await().until(() -> database.waiting(tables) == 1);
        held.end.countDown();
        assertThat(first.get().handled()).isEqualTo(1);
        assertThat(second.get()).isEqualTo(new RedriveResult(1, List.of(), ""));
        assertThat(handled()).containsExactly(1L, 2L);
    }

    /** Keeps the next handling from ending until it is told to. */
    private final class HeldHandling {
        final CountDownLatch begun = new CountDownLatch(1);
        final CountDownLatch end = new CountDownLatch(1);

        HeldHandling() {
            duringHandling = () -> {
                begun.countDown();
                try {
                    end.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            };
        }
    }

    @Test
    void the_order_of_every_key_is_kept_while_events_come_and_fail_and_several_redrive() throws Exception {
        long seed = System.nanoTime();
        int events = TestSize.of(120, 1000);
        List<Future<?>> redrives = new ArrayList<>();
        CountDownLatch end = new CountDownLatch(1);
        for (int i = 0; i < 2; i++) {
            redrives.add(threads.submit(() -> {
                while (end.getCount() > 0) deadLetters.redrive(ALL, 10);
                return null;
            }));
        }
        Random random = new Random(seed);
        duringHandling = () -> {
            if (random.nextInt(3) == 0) throw new IllegalStateException("this time");
        };
        for (long offset = 0; offset < events; offset++) listen(Events.of("key" + random.nextInt(3), offset));
        duringHandling = () -> {};
        end.countDown();
        for (Future<?> redrive : redrives) redrive.get();
        while (!listed().isEmpty())
            assertThat(deadLetters.redrive(ALL, 1000).failed()).isEmpty();

        Map<String, List<Long>> byKey = new TreeMap<>();
        jdbc.sql("SELECT aggregate_id, source_offset FROM handled ORDER BY place")
                .query((row, number) -> byKey.computeIfAbsent(row.getString(1), id -> new ArrayList<>())
                        .add(row.getLong(2)))
                .list();
        assertThat(byKey)
                .as("seed %d", seed)
                .hasSize(3)
                .allSatisfy((id, offsets) -> assertThat(offsets).isSorted());
        assertThat(new HashSet<>(handled())).hasSize(events);
        assertThat(handled()).as("once each, seed %d", seed).hasSize(events);
        assertThat(jdbc.sql("SELECT count(*) FROM inbox_held_keys")
                        .query(Integer.class)
                        .single())
                .isZero();
    }

    /** What a listener does with a record that it tries once. */
    private void listen(ConsumerRecord<String, byte[]> record) {
        if (!diversion.heldAmong(List.of(record)).isEmpty() && diversion.follow(record)) return;
        try {
            transaction.executeWithoutResult(status -> handle(record));
        } catch (IllegalStateException e) {
            diversion.putAside(record, FailureCause.of(e, record), 1, true);
        }
    }

    @Test
    void what_cannot_be_meant_is_refused() {
        assertThatThrownBy(() -> deadLetters.redrive(DeadLetterFilter.of("another"), 10))
                .hasMessage(
                        "This application has no listener for the consumer 'another': redrive its dead letters where it has one, or correct the name.");
        assertThatThrownBy(() -> deadLetters.list(ALL, 0, 0))
                .hasMessage("The limit is 0, and has to be from 1 to 1000.");
        assertThatThrownBy(() -> deadLetters.redrive(ALL, 1001))
                .hasMessage("The limit is 1001, and has to be from 1 to 1000.");
        assertThatThrownBy(() -> deadLetters.discard(CONSUMER, UUID.randomUUID(), " "))
                .hasMessage("Say why the dead letter is discarded.");
        assertThat(deadLetters.discard(CONSUMER, UUID.randomUUID(), "gone")).isFalse();
    }
}
