package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.relay.RelaySettings.BatchLimits;
import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import dev.outbox.store.Dialect;
import dev.outbox.store.LaneClaim;
import dev.outbox.store.LaneLease;
import dev.outbox.test.KeptConnections;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The relay's protocol on a real database, with a broker that answers as the test wants. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
@Timeout(60)
class RelayIntegrationTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final Broker broker = new Broker();
    private final Outbox outbox;
    private Relay relay; // each test starts one with its own settings

    RelayIntegrationTest(TestDatabase database) {
        outbox = new Outbox(new KeptConnections(database.createSchema("relay")));
        relay = outbox.relay(broker, (event, error) -> {}, settings().settings(), "test");
    }

    @AfterEach
    void stop() {
        relay.stop();
    }

    @Test
    void sends_what_was_there_before_it_started() {
        List<UUID> ids =
                publish(IntStream.range(0, 20).mapToObj(i -> "key " + i).toList());
        relay = startedRelay(settings().settings());
        await().untilAsserted(() -> assertThat(broker.received()).containsExactlyInAnyOrderElementsOf(ids));
        awaitPublished(ids);
    }

    @Test
    void a_commit_wakes_an_idle_relay_long_before_its_polling_interval() {
        relay = startedRelay(settings().polling(LONG).settings());
        for (int i = 0; i < 5; i++) {
            await().pollDelay(Duration.ofMillis(100)).until(this::everyWorkerWaits);
            awaitPublished(publish(List.of("A", "B")));
        }
    }

    @Test
    void polling_finds_what_another_process_has_published() {
        relay = startedRelay(settings().polling(Duration.ofMillis(50)).settings());
        UUID id = outbox.publish("A", "nobody nudges");
        await().untilAsserted(() -> assertThat(broker.received()).containsExactly(id));
    }

    /** One worker holds the lane, and the other one, which has heard the nudge, finds nothing. */
    @Test
    void a_commit_while_its_lane_is_busy_does_not_wait_for_polling() {
        CompletableFuture<SentPosition> slow = new CompletableFuture<>();
        UUID first = outbox.publish("A", "before the start");
        broker.answer(event -> event.eventId().equals(first) ? slow : acknowledged());
        relay = startedRelay(settings().polling(LONG).settings());
        await().untilAsserted(() -> assertThat(broker.received()).containsExactly(first));
        List<UUID> second = publish(List.of("A"));
        await().pollDelay(Duration.ofMillis(100)).until(this::everyWorkerWaits);
        slow.complete(new SentPosition("t", 0, 0));
        awaitPublished(second);
    }

    /** Or a trickle of them would take a round of statements each. */
    @Test
    void events_of_other_processes_wait_for_the_interval_after_work_and_share_a_batch() {
        UUID first = outbox.publish("A", "before the start");
        List<UUID> others = new CopyOnWriteArrayList<>();
        broker.answer(event -> {
            if (others.isEmpty())
                for (String key : List.of("B", "C", "D")) others.add(outbox.publish(key, "nobody nudges"));
            return acknowledged();
        });
        relay = startedRelay(settings().workers(1).polling(LONG).settings());
        awaitPublished(List.of(first));
        await().pollDelay(Duration.ofMillis(100)).until(this::everyWorkerWaits);
        assertThat(broker.received()).containsExactly(first);
        relay.nudge();
        awaitPublished(others);
    }

    @Test
    void a_backlog_is_drained_batch_by_batch_on_one_claim() {
        List<UUID> ids = publish(IntStream.range(0, 95).mapToObj(i -> "A").toList());
        long start = System.nanoTime();
        relay = startedRelay(settings().batch(10).polling(LONG).settings());
        awaitPublished(ids);
        long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
        assertThat(broker.received()).containsExactlyElementsOf(ids);
        assertThat(tokens())
                .as("claims of all lanes; a claim is good for a second")
                .isBetween(1L, 1 + seconds);
    }

    /** Invariant 1. */
    @Test
    void followers_wait_until_the_event_before_them_is_acknowledged_and_other_keys_go_on() {
        CompletableFuture<SentPosition> slow = new CompletableFuture<>();
        List<UUID> ids = publish(List.of("A", "A", outbox.neighbourOf("A")));
        broker.answer(event -> event.eventId().equals(ids.get(0)) ? slow : acknowledged());
        relay = startedRelay(settings().settings());
        await().untilAsserted(() -> assertThat(broker.received()).containsExactly(ids.get(0), ids.get(2)));
        slow.complete(new SentPosition("t", 0, 0));
        awaitPublished(ids);
        assertThat(broker.received()).containsExactly(ids.get(0), ids.get(2), ids.get(1));
    }

    /** Invariants 1 and 2. */
    @Test
    void a_failed_event_is_sent_again_before_its_followers() {
        List<UUID> ids = publish(List.of("A", "A", "A"));
        broker.failFirst(3, ids.get(1));
        relay = startedRelay(settings().settings());
        awaitPublished(ids);
        assertThat(broker.received())
                .containsExactly(ids.get(0), ids.get(1), ids.get(1), ids.get(1), ids.get(1), ids.get(2));
    }

    /** Invariant 2: no answer is an unknown outcome. */
    @Test
    void an_event_without_an_answer_is_sent_again_and_its_followers_wait() {
        List<UUID> ids = publish(List.of("A", "A"));
        List<UUID> silent = new ArrayList<>(List.of(ids.get(0)));
        broker.answer(event -> silent.remove(event.eventId()) ? new CompletableFuture<>() : acknowledged());
        relay = startedRelay(settings().send(Duration.ofMillis(100)).settings());
        awaitPublished(ids);
        assertThat(broker.received()).containsExactly(ids.get(0), ids.get(0), ids.get(1));
    }

    /** One worker and lanes one by one: the lane that never runs empty has to be left for the other. */
    @Test
    void a_lane_that_never_runs_empty_leaves_the_others_their_turn() {
        List<UUID> hot = outbox.inTransaction(() -> outbox.publisher(() -> {})
                .publishAll(IntStream.range(0, 3000)
                        .mapToObj(i -> OutboxMessage.of("Order", "A", "E", i))
                        .toList()));
        List<UUID> other = new CopyOnWriteArrayList<>();
        broker.answer(event -> {
            if (other.isEmpty()) other.add(outbox.publish("another lane", ""));
            return new CompletableFuture<SentPosition>()
                    .completeOnTimeout(new SentPosition("t", 0, 0), 1, TimeUnit.MILLISECONDS);
        });
        RelaySettings quick = settings().workers(1).settings();
        relay = startedRelay(new RelaySettings(
                quick.workers(),
                new BatchLimits(10, 1 << 20, 1),
                quick.polling(),
                quick.outage(),
                quick.timeouts(),
                quick.retries()));
        await().until(() -> !other.isEmpty() && broker.received().containsAll(other));
        List<UUID> received = broker.received();
        assertThat(received.subList(0, received.indexOf(other.get(0)))).doesNotContain(hot.get(hot.size() - 1));
    }

    @Test
    void a_sender_that_throws_is_a_failure_of_that_event() {
        List<UUID> ids = publish(List.of("A", outbox.neighbourOf("A")));
        List<UUID> thrown = new ArrayList<>(List.of(ids.get(0)));
        broker.answer(event -> {
            if (thrown.remove(event.eventId())) throw new IllegalStateException("no broker");
            return acknowledged();
        });
        relay = startedRelay(settings().settings());
        awaitPublished(ids);
        assertThat(broker.received()).containsExactly(ids.get(0), ids.get(1), ids.get(0));
    }

    /** Invariant 3: while this relay waits for an answer past its lease, another takes the lane. A second worker, just started, could take it first. */
    @Test
    void a_relay_whose_lane_was_taken_over_marks_nothing() throws Exception {
        List<UUID> ids = publish(List.of("A"));
        CompletableFuture<SentPosition> late = new CompletableFuture<>();
        broker.answer(event -> late);
        relay = startedRelay(settings().workers(1).polling(LONG).settings());
        await().untilAsserted(() -> assertThat(broker.received()).containsExactlyElementsOf(ids));
        outbox.endLeases();
        LaneLease taken = outbox.claim("another", LONG).orElseThrow();
        late.complete(new SentPosition("t", 0, 0));
        relay.stop();
        assertThat(outbox.events.find(ids.get(0)).orElseThrow().status()).isEqualTo(EventStatus.PENDING);
        assertThat(outbox.mark(taken, List.of(), null))
                .as("the lane is still the other's")
                .isTrue();
        assertThat(outbox.meters.counter("outbox.relay.leases.lost").count()).isEqualTo(1);
        assertThat(outbox.meters.counter("outbox.relay.published").count()).isZero();
    }

    /** The first half of the lease passes while the first event is on its way, or before. */
    @Test
    void a_long_batch_renews_its_lease() {
        List<UUID> ids = publish(List.of("A", "A", "A"));
        RelaySettings settings = settings().settings();
        Duration half = settings.timeouts().lease().dividedBy(2);
        Duration claimed = half.plusSeconds(1);
        Deadline leaseEnd = Deadline.after(half.plusMillis(100));
        List<LaneClaim> claims = outbox.lanes.claim("test", claimed, 1);
        List<Boolean> renewed = new ArrayList<>();
        broker.answer(event -> {
            await().until(() -> leaseEnd.left().compareTo(half) < 0);
            renewed.add(isLeasedFor(claimed));
            return acknowledged();
        });
        new LaneRun(tools(settings), claims, leaseEnd).drain();
        assertThat(renewed)
                .as("at each event, whether it is leased for longer than it was claimed")
                .hasSize(3)
                .endsWith(true, true);
        assertThat(broker.received()).containsExactlyElementsOf(ids);
        awaitPublished(ids);
        assertThat(tokens()).isEqualTo(1);
    }

    @Test
    void a_stop_lets_the_wave_under_way_finish_marks_it_and_lets_the_lane_go() throws Exception {
        List<UUID> ids = publish(List.of("A", "A"));
        CompletableFuture<SentPosition> slow = new CompletableFuture<>();
        broker.answer(event -> slow);
        relay = startedRelay(settings().settings());
        await().untilAsserted(() -> assertThat(broker.received()).hasSize(1));
        Thread stop = new Thread(relay::stop);
        stop.start();
        await().until(() -> stop.getState() == Thread.State.TIMED_WAITING); // for the worker, which has been told
        slow.complete(new SentPosition("t", 0, 0));
        stop.join();
        assertThat(outbox.events.find(ids.get(0)).orElseThrow().status()).isEqualTo(EventStatus.PUBLISHED);
        assertThat(outbox.events.find(ids.get(1)).orElseThrow().status()).isEqualTo(EventStatus.PENDING);
        assertThat(outbox.claim("next", LONG)).as("the lane is free at once").isPresent();
    }

    @Test
    void a_stop_does_not_wait_for_ever_for_an_answer() {
        List<UUID> ids = publish(List.of("A"));
        broker.answer(event -> new CompletableFuture<>());
        relay = startedRelay(settings()
                .lease(LONG.multipliedBy(2))
                .send(LONG)
                .shutdown(Duration.ofMillis(200))
                .settings());
        await().untilAsserted(() -> assertThat(broker.received()).hasSize(1));
        relay.stop();
        assertThat(outbox.events.find(ids.get(0)).orElseThrow().status()).isEqualTo(EventStatus.PENDING);
    }

    /** Ten lanes are probed after 50, 100, 200, 400 ms, and so on; without the breaker each would be tried twenty times a second. */
    @Test
    void a_broker_that_does_not_answer_is_probed_now_and_then_and_found_again() {
        List<Long> sends = new CopyOnWriteArrayList<>();
        broker.answer(event -> {
            sends.add(System.nanoTime());
            return CompletableFuture.failedFuture(SendException.ofBroker(new IllegalStateException("gone")));
        });
        List<UUID> ids =
                publish(IntStream.range(0, 10).mapToObj(i -> "key " + i).toList());
        relay = startedRelay(settings().settings());
        await().until(() -> sends.size() >= 60);
        assertThat(Duration.ofNanos(sends.get(59) - sends.get(0))).isGreaterThan(Duration.ofMillis(700));
        broker.answer(event -> acknowledged());
        awaitPublished(ids);
    }

    @Test
    void starts_again_after_a_stop() {
        relay = startedRelay(settings().settings());
        relay.stop();
        assertThat(relay.isRunning()).isFalse();
        List<UUID> ids = publish(List.of("A"));
        relay.start();
        awaitPublished(ids);
    }

    // ---- a small language for the tests above

    private List<UUID> publish(List<String> keys) {
        return keys.stream()
                .map(key -> outbox.inTransaction(
                        () -> outbox.publisher(this::nudge).publish(OutboxMessage.of("Order", key, "E", key))))
                .toList();
    }

    private void nudge() {
        relay.nudge();
    }

    private void awaitPublished(List<UUID> ids) {
        await().untilAsserted(() -> assertThat(ids)
                .allMatch(id -> outbox.events.find(id).orElseThrow().status() == EventStatus.PUBLISHED));
    }

    private boolean everyWorkerWaits() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("outbox-relay-"))
                .allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING);
    }

    private long tokens() {
        return outbox.jdbc
                .sql("SELECT sum(token) FROM outbox_lanes")
                .query(Long.class)
                .single();
    }

    private boolean isLeasedFor(Duration duration) {
        return outbox.jdbc
                .sql("SELECT max(lease_until) > %s FROM outbox_lanes"
                        .formatted(Dialect.of(outbox.tables).after(":duration")))
                .param("duration", duration.toNanos() / 1000)
                .query(Boolean.class)
                .single();
    }

    /** What the workers of a relay use. */
    private RelayTools tools(RelaySettings settings) {
        return new RelayTools(
                new RelayStores(outbox.lanes, outbox.batches, outbox.marking),
                broker,
                (event, error) -> {},
                settings,
                new Trouble("Sending fails"),
                new BrokerBreaker(settings.outage()),
                new FloorSweep(outbox.lanes),
                new RelayMeters(outbox.meters),
                () -> false);
    }

    private Relay startedRelay(RelaySettings settings) {
        Relay started = outbox.relay(broker, (event, error) -> {}, settings, "test");
        started.start();
        return started;
    }

    private static CompletableFuture<SentPosition> acknowledged() {
        return Broker.acknowledged();
    }

    private static QuickRelay settings() {
        return QuickRelay.SETTINGS;
    }
}
