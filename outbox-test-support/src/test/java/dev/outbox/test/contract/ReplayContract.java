package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.AuditEntry;
import dev.outbox.DryRun;
import dev.outbox.OutboxAccessDeniedException;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPause;
import dev.outbox.OutboxPermission;
import dev.outbox.OutboxReplays;
import dev.outbox.Replay;
import dev.outbox.ReplayMode;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayRequest;
import dev.outbox.ReplayStatus;
import dev.outbox.operate.StoredReplays;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.relay.Replayer;
import dev.outbox.spi.AccessControl;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import dev.outbox.store.Dialect;
import dev.outbox.store.ReplayRunStore;
import dev.outbox.store.RetentionStore;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Replays on a real database, with a broker in memory. */
@Timeout(60)
abstract class ReplayContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String REASON = "the stock service has lost a day";
    private static final ReplayPlan EVERYTHING = ReplayPlan.ofPeriod(Instant.EPOCH, null);
    private static final int FAST = ReplayRequest.MAX_RATE;

    private final List<OutboxRecord> log = new CopyOnWriteArrayList<>();
    private final List<Replayer> replayers = new ArrayList<>();
    private Outbox outbox;
    private TransactionalOutboxPublisher publisher;

    abstract DataSource emptySchema();

    @BeforeEach
    void createTables() {
        outbox = new Outbox(emptySchema());
        publisher = outbox.publisher(() -> {});
    }

    @AfterEach
    void stop() {
        replayers.forEach(Replayer::stop);
    }

    @Test
    void copies_of_what_was_shown_are_sent_in_order_with_their_ids_and_the_headers_of_the_replay() {
        List<UUID> ids = published(30, "Placed");
        published(5, "Paid");
        DryRun shown = outbox.replays.dryRun(ReplayPlan.ofTypes(Set.of("Placed")));
        published(5, "Placed"); // too late to be meant

        Replay started = outbox.replays.start(
                ReplayRequest.reprocess(shown.token(), Set.of("stock", "mail")).atMost(FAST), REASON);
        assertThat(started.status()).isEqualTo(ReplayStatus.RUNNING);
        assertThat(started.expected()).isEqualTo(30);
        assertThat(started.progress()).isZero();
        replay(this::acknowledged);
        Replay done = awaitStatus(started.id(), ReplayStatus.DONE);

        assertThat(done.sent()).isEqualTo(30);
        assertThat(done.progress()).isOne();
        assertThat(done.checkpoint()).isEqualTo(shown.upTo());
        assertThat(done.finishedAt()).isAfterOrEqualTo(done.startedAt());
        assertThat(done.operator()).isEqualTo("test");
        assertThat(done.error()).isNull();
        assertThat(done.plan()).isEqualTo(ReplayPlan.ofTypes(Set.of("Placed")));
        assertThat(log).extracting(OutboxRecord::eventId).containsExactlyInAnyOrderElementsOf(ids);
        assertInOrder();
        assertThat(log)
                .allSatisfy(copy -> assertThat(copy.headers())
                        .containsEntry("own", "header")
                        .containsEntry("ce_replayid", started.id().toString())
                        .containsEntry("ce_replaymode", "reprocess")
                        .hasEntrySatisfying(
                                "ce_replayconsumers",
                                names -> assertThat(names.split(",")).containsExactlyInAnyOrder("mail", "stock")));
        assertThat(outbox.replays.latest(10)).containsExactly(done);
        assertThat(outbox.meters.counter("outbox.replay.sent").count()).isEqualTo(30);
    }

    @Test
    void archived_events_are_shown_and_sent_as_well_in_the_place_where_they_belong() {
        List<UUID> ids = published(20, "Placed");
        assertThat(new RetentionStore(outbox.tables, seqs -> Set.of())
                        .archive(Duration.ZERO, 0, 12)
                        .removed())
                .isEqualTo(12);
        DryRun shown = outbox.replays.dryRun(EVERYTHING);
        assertThat(shown.events()).isEqualTo(20);
        assertThat(shown.first()).isNotNull();
        assertThat(shown.first().eventId()).isEqualTo(ids.get(0));
        assertThat(shown.sample()).hasSize(DryRun.SAMPLE);

        Replay started =
                outbox.replays.start(ReplayRequest.readOnly(shown.token()).atMost(FAST), REASON);
        replay(this::acknowledged);
        awaitStatus(started.id(), ReplayStatus.DONE);
        assertThat(log).extracting(OutboxRecord::eventId).containsExactlyInAnyOrderElementsOf(ids);
        assertInOrder();
        assertThat(log.get(0).headers())
                .containsEntry("ce_replaymode", "read-only")
                .doesNotContainKey("ce_replayconsumers");
    }

    @Test
    void a_replay_of_named_events_and_one_of_nothing_end_as_well() {
        List<UUID> ids = published(20, "Placed");
        Set<UUID> named = Set.of(ids.get(3), ids.get(17));
        Replay some = start(ReplayPlan.ofEvents(named));
        Replay none = start(ReplayPlan.ofTypes(Set.of("Nothing")));
        replay(this::acknowledged);
        awaitStatus(some.id(), ReplayStatus.DONE);
        assertThat(awaitStatus(none.id(), ReplayStatus.DONE).sent()).isZero();
        assertThat(log).extracting(OutboxRecord::eventId).containsExactlyInAnyOrderElementsOf(named);
    }

    /** Three processes, sends that fail or are never answered, processes that sleep past their lease, an operator who pauses and resumes, and retention that takes whatever it may. */
    @Test
    void whatever_fails_copies_come_in_order_without_gaps() throws Exception {
        int events = 240;
        List<UUID> ids = published(events, "Placed");
        Replay started = start(EVERYTHING);
        Troublesome broker = new Troublesome(log, 20_261_127);
        QuickRelay restless =
                QuickRelay.SETTINGS.batch(20).lease(Duration.ofMillis(600)).send(Duration.ofMillis(300));
        for (int i = 0; i < 3; i++) replayers.add(outbox.replayer(broker, restless.settings(), "replayer " + i));
        replayers.forEach(Replayer::start);

        RetentionStore retention = new RetentionStore(outbox.tables, outbox.replayStore);
        boolean archives = true;
        long seen = 0;
        while (status(started.id()) != ReplayStatus.DONE) {
            if (archives) retention.archive(Duration.ZERO, 0, 40);
            else retention.delete(Duration.ZERO, 0, 40);
            retention.deleteArchived(Duration.ZERO, 0, 40);
            archives = !archives;
            if (outbox.replays.pause(started.id(), REASON)) outbox.replays.resume(started.id(), REASON);
            long checkpoint = outbox.replays.find(started.id()).orElseThrow().checkpoint();
            assertThat(checkpoint).as("the checkpoint never falls").isGreaterThanOrEqualTo(seen);
            seen = checkpoint;
        }
        assertThat(outbox.replays.find(started.id()).orElseThrow().sent()).isEqualTo(events);
        assertThat(log.stream().map(OutboxRecord::eventId).distinct()).containsExactlyInAnyOrderElementsOf(ids);
        assertInOrder();
        assertThat(broker.troubles()).as("sends that did not just work").isGreaterThan(20);
        retention.delete(Duration.ZERO, 0, events);
        retention.deleteArchived(Duration.ZERO, 0, events);
        assertThat(rows("outbox_events") + rows("outbox_archived_events"))
                .as("what no replay needs any more")
                .isZero();
    }

    @Test
    void retention_spares_what_a_paused_replay_still_needs_and_nothing_else() {
        published(10, "Placed");
        published(10, "Paid");
        Replay started = start(ReplayPlan.ofTypes(Set.of("Placed")));
        assertThat(outbox.replays.pause(started.id(), REASON)).isTrue();
        RetentionStore retention = new RetentionStore(outbox.tables, outbox.replayStore);
        assertThat(retention.delete(Duration.ZERO, 0, 100).removed()).isEqualTo(10);
        assertThat(retention.archive(Duration.ZERO, 0, 100).removed()).isZero();
        assertThat(outbox.replays.cancel(started.id(), REASON)).isTrue();
        assertThat(retention.archive(Duration.ZERO, 0, 100).removed()).isEqualTo(10);
    }

    @Test
    void a_paused_replay_sends_nothing_and_goes_on_where_it_stood() {
        published(20, "Placed");
        Replay started = start(EVERYTHING, 10);
        replay(this::acknowledged);
        await().atMost(PATIENCE).until(() -> !log.isEmpty());
        assertThat(outbox.replays.pause(started.id(), REASON)).isTrue();
        await().atMost(PATIENCE).until(() -> !isLeased(started.id()));
        Replay paused = outbox.replays.find(started.id()).orElseThrow();
        assertThat(paused.status()).isEqualTo(ReplayStatus.PAUSED);
        assertThat(paused.sent()).isEqualTo(log.size()).isLessThan(20);
        assertThat(outbox.replays.resume(started.id(), REASON)).isTrue();
        awaitStatus(started.id(), ReplayStatus.DONE);
        assertThat(log).hasSize(20);
    }

    @Test
    void a_cancelled_replay_sends_no_more_and_cannot_be_resumed() {
        published(20, "Placed");
        Replay started = start(EVERYTHING, 10);
        replay(this::acknowledged);
        await().atMost(PATIENCE).until(() -> !log.isEmpty());
        assertThat(outbox.replays.cancel(started.id(), REASON)).isTrue();
        await().atMost(PATIENCE).until(() -> !isLeased(started.id()));
        assertThat(outbox.replays.resume(started.id(), REASON)).isFalse();
        assertThat(outbox.replays.pause(started.id(), REASON)).isFalse();
        assertThat(outbox.replays.cancel(started.id(), REASON)).isFalse();
        Replay ended = outbox.replays.find(started.id()).orElseThrow();
        assertThat(ended.status()).isEqualTo(ReplayStatus.CANCELLED);
        assertThat(ended.finishedAt()).isNotNull();
        assertThat(ended.sent()).isEqualTo(log.size()).isLessThan(20);
    }

    @Test
    void the_rate_is_kept() {
        published(60, "Placed");
        Replay started = start(EVERYTHING, 40);
        long begin = System.nanoTime();
        replay(this::acknowledged);
        awaitStatus(started.id(), ReplayStatus.DONE);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(950));
    }

    @Test
    void a_replay_whose_send_fails_stands_says_why_and_keeps_no_other_from_going_on() {
        published(5, "Placed");
        published(5, "Paid");
        Replay standing = start(ReplayPlan.ofTypes(Set.of("Placed")));
        replay(event -> event.eventType().equals("Placed") ? refused() : acknowledged(event));
        await().atMost(PATIENCE)
                .until(() -> outbox.replays.find(standing.id()).orElseThrow().error() != null);
        Replay stands = outbox.replays.find(standing.id()).orElseThrow();
        assertThat(stands.error()).isEqualTo("java.io.IOException: the topic has no leader");
        assertThat(stands.status()).isEqualTo(ReplayStatus.RUNNING);
        assertThat(stands.sent()).isZero();
        awaitStatus(start(ReplayPlan.ofTypes(Set.of("Paid"))).id(), ReplayStatus.DONE);
        assertThat(outbox.meters.counter("outbox.replay.failures").count()).isPositive();
    }

    @Test
    void a_pause_of_the_outbox_holds_replays_too() {
        published(5, "Placed");
        assertThat(outbox.operations.pause(OutboxPause.topic("orders"), REASON)).isTrue();
        Replay started = start(EVERYTHING);
        replay(this::acknowledged);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                outbox.replays.find(started.id()).orElseThrow().error())
                        .isEqualTo("Held by the pause of topic orders."));
        assertThat(log).isEmpty();
        assertThat(outbox.operations.resume(OutboxPause.topic("orders"), REASON))
                .isTrue();
        assertThat(awaitStatus(started.id(), ReplayStatus.DONE).error()).isNull();
    }

    @Test
    void nothing_starts_without_the_token_of_a_dry_run_of_these_tables_that_is_not_old() {
        published(1, "Placed");
        DryRun shown = outbox.replays.dryRun(ReplayPlan.ofTypes(Set.of("Placed")));
        String[] parts = shown.token().split("\\.");
        String other = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(new String(Base64.getUrlDecoder().decode(parts[0]))
                        .replace("Placed", "Paid")
                        .getBytes());
        for (String token : List.of("", ".", "nonsense", other + "." + parts[1], parts[0] + ".", parts[0]))
            assertThatIllegalArgumentException()
                    .as(token)
                    .isThrownBy(() -> outbox.replays.start(ReplayRequest.normal(token), REASON))
                    .withMessage(
                            "This is no token of a dry run on these tables: it was changed, or comes from another database. Make a dry run, and start with the token that it returns.");
        String foreign = new Outbox(emptySchema()).replays.dryRun(EVERYTHING).token();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> outbox.replays.start(ReplayRequest.normal(foreign), REASON))
                .withMessageStartingWith("This is no token");
        OutboxReplays tomorrow =
                replays(AccessControl.allowAll("test"), Clock.offset(Clock.systemUTC(), Duration.ofDays(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tomorrow.start(ReplayRequest.normal(shown.token()), REASON))
                .withMessage(
                        "This dry run is of %s, and can be used for 60 minutes only. Make it again, and start with the token that it returns.",
                        shown.shownAt());
        assertThat(outbox.replays.latest(10)).isEmpty();
    }

    @Test
    void a_token_starts_one_replay_however_often_it_is_used() throws Exception {
        published(1, "Placed");
        ReplayRequest request =
                ReplayRequest.readOnly(outbox.replays.dryRun(EVERYTHING).token());
        List<Replay> started = together(() -> outbox.replays.start(request, REASON));
        assertThat(started.get(0)).isEqualTo(started.get(1));
        assertThat(outbox.replays.latest(10)).hasSize(1);
        assertThat(outbox.operations.audit(Long.MAX_VALUE, 10)).hasSize(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> outbox.replays.start(request.atMost(1), REASON))
                .withMessage(
                        "This dry run has started replay %s already, in mode READ_ONLY. Make another one for another replay.",
                        started.get(0).id());
    }

    @Test
    void what_is_published_after_the_dry_run_is_not_sent_whatever_its_sequence() {
        List<UUID> late = published(1, "Placed");
        List<UUID> ids = published(3, "Placed");
        status(late.get(0), "status = 'PENDING', published_at = NULL");
        String token = outbox.replays.dryRun(EVERYTHING).token();
        status(
                late.get(0),
                "status = 'PUBLISHED', published_at = "
                        + Dialect.of(outbox.tables).now());
        Replay started = outbox.replays.start(ReplayRequest.normal(token).atMost(FAST), REASON);
        replay(this::acknowledged);
        awaitStatus(started.id(), ReplayStatus.DONE);
        assertThat(log).extracting(OutboxRecord::eventId).containsExactlyInAnyOrderElementsOf(ids);
    }

    private void status(UUID id, String change) {
        outbox.jdbc
                .sql("UPDATE outbox_events SET " + change + " WHERE event_id = :id")
                .param("id", Dialect.of(outbox.tables).id(id))
                .update();
    }

    @Test
    void one_event_that_fails_makes_others_be_sent_twice_at_most_however_often_it_is_tried() {
        List<UUID> ids = published(21, "Placed");
        AtomicInteger tries = new AtomicInteger();
        Replay started = start(EVERYTHING);
        replay(event ->
                event.eventId().equals(ids.get(3)) && tries.incrementAndGet() < 15 ? refused() : acknowledged(event));
        Replay done = awaitStatus(started.id(), ReplayStatus.DONE);
        assertThat(done.sent()).isEqualTo(21);
        assertThat(log.size()).isBetween(21, 2 * 21);
        assertInOrder();
    }

    @Test
    void a_broker_that_lets_each_send_wait_costs_no_lease() {
        published(21, "Placed");
        Replay started = start(EVERYTHING);
        QuickRelay impatient = QuickRelay.SETTINGS.lease(Duration.ofMillis(500)).send(Duration.ofMillis(250));
        EventSender slow = event -> {
            long wake = System.nanoTime() + Duration.ofMillis(100).toNanos();
            while (System.nanoTime() < wake) LockSupport.parkNanos(wake - System.nanoTime());
            return acknowledged(event);
        };
        for (int i = 0; i < 2; i++) replayers.add(outbox.replayer(slow, impatient.settings(), "replayer " + i));
        replayers.forEach(Replayer::start);
        awaitStatus(started.id(), ReplayStatus.DONE);
        assertThat(log).as("each once, because nobody lost it").hasSize(21);
        assertInOrder();
    }

    @Test
    void a_request_says_what_is_wrong_with_it() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReplayRequest.reprocess("token", Set.of()))
                .withMessage(
                        "A replay to be handled again has to name the consumers that are to do so: nobody else does anything.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReplayRequest("token", ReplayMode.READ_ONLY, Set.of("stock"), 1))
                .withMessage(
                        "Only a replay in mode REPROCESS names consumers; in mode READ_ONLY all do the same. Name none, or change the mode.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReplayRequest.reprocess("token", Set.of("a,b")))
                .withMessage("'a,b' is no name of a consumer.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ReplayRequest.normal("token").atMost(0))
                .withMessage("A replay sends 1 to 1000000 events in a second, not 0.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> outbox.replays.latest(501))
                .withMessage("A list has 1 to 500 replays, not 501.");
    }

    @Test
    void what_a_request_says_is_compared_and_kept_and_never_run_or_expanded() {
        published(7, "Placed");
        List<UUID> started = new ArrayList<>();
        for (String attempt : OperationsContract.INJECTIONS) {
            for (ReplayPlan plan :
                    List.of(ReplayPlan.ofAggregates(Set.of(attempt)), ReplayPlan.ofTypes(Set.of(attempt)))) {
                DryRun shown = outbox.replays.dryRun(plan);
                assertThat(shown.events()).as(attempt).isZero();
                Replay replay = outbox.replays.start(ReplayRequest.reprocess(shown.token(), Set.of(attempt)), attempt);
                assertThat(replay.plan()).isEqualTo(plan);
                assertThat(replay.consumers()).containsExactly(attempt);
                started.add(replay.id());
            }
        }
        replay(this::acknowledged);
        assertThat(started)
                .allSatisfy(id ->
                        assertThat(awaitStatus(id, ReplayStatus.DONE).sent()).isZero());
        assertThat(log).isEmpty();
        assertThat(awaitStatus(start(EVERYTHING).id(), ReplayStatus.DONE).sent())
                .isEqualTo(7);
        assertThat(outbox.operations.audit(Long.MAX_VALUE, 100))
                .extracting(AuditEntry::reason)
                .containsAll(OperationsContract.INJECTIONS);
    }

    @Test
    void a_chunk_has_no_more_bytes_than_it_may_unless_it_is_one_event() {
        published(5, "Placed", "x".repeat(398)); // 400 with the quotation marks of JSON
        Replay replay = start(EVERYTHING);
        ReplayRunStore store = new ReplayRunStore(outbox.tables, outbox.replayStore);
        List<ReplayRunStore.Chunk> chunks = chunks(store, replay, 1_000);
        assertThat(chunks).extracting(chunk -> chunk.events().size()).containsExactly(2, 2, 1);
        assertThat(chunks)
                .flatExtracting(ReplayRunStore.Chunk::events)
                .allSatisfy(event -> assertThat(event.event().payload()).hasSize(400));
        for (ReplayRunStore.Chunk full : chunks.subList(0, 2))
            assertThat(full.to()).isEqualTo(full.events().get(1).seq());
        assertThat(chunks.get(2).to()).isEqualTo(replay.upTo());
        assertThat(chunks(store, replay, 800)).hasSize(3);
        assertThat(chunks(store, replay, 799)).hasSize(5);
        assertThat(chunks(store, replay, 1)).hasSize(5);
        assertThat(chunks(store, replay, 2_000)).hasSize(1);
    }

    /** As a run reads them, each behind the one before. */
    private static List<ReplayRunStore.Chunk> chunks(ReplayRunStore store, Replay replay, long maxBytes) {
        List<ReplayRunStore.Chunk> chunks = new ArrayList<>();
        for (long after = 0;
                after < replay.upTo();
                after = chunks.get(chunks.size() - 1).to()) chunks.add(store.read(replay, after, 500, maxBytes));
        return chunks;
    }

    @Test
    void what_operators_do_is_on_record_and_of_two_at_once_one_wins() throws Exception {
        published(1, "Placed");
        UUID id = start(ReplayPlan.ofTypes(Set.of("Placed"))).id();
        assertThat(together(() -> outbox.replays.pause(id, REASON))).containsExactlyInAnyOrder(true, false);
        assertThat(together(() -> outbox.replays.resume(id, REASON))).containsExactlyInAnyOrder(true, false);
        assertThat(together(() -> outbox.replays.cancel(id, REASON))).containsExactlyInAnyOrder(true, false);
        List<AuditEntry> trail = outbox.operations.audit(Long.MAX_VALUE, 10);
        assertThat(trail)
                .extracting(AuditEntry::action)
                .containsExactly("REPLAY_CANCEL", "REPLAY_RESUME", "REPLAY_PAUSE", "REPLAY_START");
        assertThat(trail).allSatisfy(entry -> {
            assertThat(entry.operator()).isEqualTo("test");
            assertThat(entry.reason()).isEqualTo(REASON);
            assertThat(entry.subject()).startsWith("replay " + id);
        });
        assertThat(trail.get(3).subject())
                .isEqualTo(
                        "replay %s, NORMAL, 1 events up to sequence %d: {\"eventTypes\":[\"Placed\"]}",
                        id, outbox.replays.find(id).orElseThrow().upTo());
    }

    @Test
    void nothing_is_done_that_cannot_be_written_down() {
        published(1, "Placed");
        UUID id = start(EVERYTHING).id();
        String token = outbox.replays.dryRun(EVERYTHING).token();
        outbox.jdbc.sql("DROP TABLE outbox_audit").update();
        assertThatThrownBy(() -> outbox.replays.start(ReplayRequest.normal(token), REASON))
                .hasMessageContaining("The table of the audit trail");
        assertThatThrownBy(() -> outbox.replays.cancel(id, REASON))
                .hasMessageContaining("The table of the audit trail");
        assertThat(outbox.replays.latest(10))
                .singleElement()
                .extracting(Replay::status)
                .isEqualTo(ReplayStatus.RUNNING);
    }

    @Test
    void nobody_is_answered_or_obeyed_without_permission() {
        published(1, "Placed");
        String token = outbox.replays.dryRun(EVERYTHING).token();
        UUID id = start(EVERYTHING).id();
        Map<Class<?>, Object> arguments = Map.of(
                UUID.class, id,
                String.class, REASON,
                ReplayPlan.class, EVERYTHING,
                ReplayRequest.class, ReplayRequest.normal(token),
                int.class, 10);
        OutboxReplays forNobody = replays(AccessControl.denyAll(), Clock.systemUTC());
        OutboxReplays forViewers = replays(
                permission -> {
                    if (permission == OutboxPermission.OUTBOX_VIEW) return "viewer";
                    throw new OutboxAccessDeniedException("a viewer may not do this");
                },
                Clock.systemUTC());
        Set<String> viewed = new TreeSet<>();
        for (Method operation : OutboxReplays.class.getMethods()) {
            Object[] with = Arrays.stream(operation.getParameterTypes())
                    .map(arguments::get)
                    .toArray();
            assertThatThrownBy(() -> operation.invoke(forNobody, with))
                    .as(operation.getName())
                    .cause()
                    .isInstanceOf(OutboxAccessDeniedException.class);
            try {
                operation.invoke(forViewers, with);
                viewed.add(operation.getName());
            } catch (InvocationTargetException e) {
                assertThat(e.getCause()).isInstanceOf(OutboxAccessDeniedException.class);
            } catch (IllegalAccessException e) {
                throw new AssertionError(e);
            }
        }
        assertThat(viewed).containsExactly("dryRun", "find", "latest", "unfinished");
        assertThat(outbox.replays.latest(10)).hasSize(1);
    }

    private OutboxReplays replays(AccessControl access, Clock clock) {
        return new StoredReplays(outbox.tables, outbox.replayStore, access, clock);
    }

    private static <T> List<T> together(Callable<T> action) throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        ExecutorService operators = Executors.newFixedThreadPool(2);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> result : operators.invokeAll(List.of(after(start, action), after(start, action))))
                results.add(result.get());
            return results;
        } finally {
            operators.shutdown();
        }
    }

    private static <T> Callable<T> after(CyclicBarrier start, Callable<T> action) {
        return () -> {
            start.await();
            return action.call();
        };
    }

    private Replay start(ReplayPlan plan) {
        return start(plan, FAST);
    }

    private Replay start(ReplayPlan plan, int rate) {
        String token = outbox.replays.dryRun(plan).token();
        return outbox.replays.start(ReplayRequest.normal(token).atMost(rate), REASON);
    }

    private void replay(EventSender sender) {
        Replayer replayer = outbox.replayer(sender, QuickRelay.SETTINGS.settings(), "replayer");
        replayers.add(replayer);
        replayer.start();
    }

    private CompletableFuture<SentPosition> acknowledged(OutboxRecord event) {
        log.add(event);
        return CompletableFuture.completedFuture(new SentPosition(event.topic(), 0, log.size()));
    }

    private static CompletableFuture<SentPosition> refused() {
        return CompletableFuture.failedFuture(SendException.ofTopic(new IOException("the topic has no leader")));
    }

    private ReplayStatus status(UUID id) {
        return outbox.replays.find(id).orElseThrow().status();
    }

    private Replay awaitStatus(UUID id, ReplayStatus status) {
        await().atMost(PATIENCE).until(() -> status(id) == status);
        return outbox.replays.find(id).orElseThrow();
    }

    private boolean isLeased(UUID id) {
        return outbox.jdbc
                        .sql("SELECT count(*) FROM outbox_replays WHERE id = :id AND lease_until > %s"
                                .formatted(Dialect.of(outbox.tables).now()))
                        .param("id", Dialect.of(outbox.tables).id(id))
                        .query(Long.class)
                        .single()
                > 0;
    }

    private long rows(String table) {
        return outbox.jdbc
                .sql("SELECT count(*) FROM " + table)
                .query(Long.class)
                .single();
    }

    /** The first copies of each key, by their sequence. */
    private void assertInOrder() {
        Map<String, List<Long>> seqs = new HashMap<>();
        for (OutboxRecord copy : log) {
            List<Long> ofKey = seqs.computeIfAbsent(copy.aggregateId(), key -> new ArrayList<>());
            if (!ofKey.contains(copy.seq())) ofKey.add(copy.seq());
        }
        assertThat(seqs).allSatisfy((key, ofKey) -> assertThat(ofKey).as(key).isSorted());
    }

    /** Events of seven keys in turn, published a moment ago. */
    private List<UUID> published(int events, String type) {
        return published(events, type, "body");
    }

    private List<UUID> published(int events, String type, String payload) {
        List<UUID> ids = outbox.inTransaction(() -> IntStream.range(0, events)
                .mapToObj(i -> publisher.publish(OutboxMessage.of("Order", "order " + i % 7, type, payload)
                        .topic("orders")
                        .header("own", "header")))
                .toList());
        outbox.jdbc
                .sql("UPDATE outbox_events SET status = 'PUBLISHED', published_at = created_at")
                .update();
        return ids;
    }
}
