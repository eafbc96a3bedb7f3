package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.DryRun;
import dev.outbox.Replay;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayRequest;
import dev.outbox.ReplayStatus;
import dev.outbox.relay.Replayer;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.store.Dialect;
import dev.outbox.store.ReplayRunStore;
import dev.outbox.store.RetentionStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Replays on a real database: what is sent, in which order, and what is kept of it. */
abstract class ReplayContract extends ReplayBench {
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
        Replay started = start(EVERYTHING, 10); // in two parts
        replay(event -> {
            if (log.isEmpty()) outbox.replays.pause(started.id(), REASON);
            return acknowledged(event);
        });
        await().atMost(PATIENCE).until(() -> !log.isEmpty() && !isLeased(started.id()));
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
        Replay started = start(EVERYTHING, 10); // in two parts
        replay(event -> {
            if (log.isEmpty()) outbox.replays.cancel(started.id(), REASON);
            return acknowledged(event);
        });
        await().atMost(PATIENCE).until(() -> !log.isEmpty() && !isLeased(started.id()));
        assertThat(outbox.replays.resume(started.id(), REASON)).isFalse();
        assertThat(outbox.replays.pause(started.id(), REASON)).isFalse();
        assertThat(outbox.replays.cancel(started.id(), REASON)).isFalse();
        Replay ended = outbox.replays.find(started.id()).orElseThrow();
        assertThat(ended.status()).isEqualTo(ReplayStatus.CANCELLED);
        assertThat(ended.finishedAt()).isNotNull();
        assertThat(ended.sent()).isEqualTo(log.size()).isLessThan(20);
    }

    @Test
    void what_is_published_after_the_dry_run_is_not_sent_whatever_its_sequence() {
        List<UUID> late = published(1, "Placed");
        List<UUID> ids = published(3, "Placed");
        status(late.get(0), "status = 'PENDING', published_at = NULL");
        String token = outbox.replays.dryRun(EVERYTHING).token();
        outbox.inTransaction(() -> mark(late.get(0)));
        Replay started = outbox.replays.start(ReplayRequest.normal(token).atMost(FAST), REASON);
        replay(this::acknowledged);
        awaitStatus(started.id(), ReplayStatus.DONE);
        assertThat(log).extracting(OutboxRecord::eventId).containsExactlyInAnyOrderElementsOf(ids);
    }

    /** A mark writes its time before it commits, so without the wait a replay could find an event that is older than what it has passed. */
    @Test
    void a_dry_run_waits_for_marks_that_have_begun() throws Exception {
        UUID id = published(1, "Placed").get(0);
        status(id, "status = 'PENDING', published_at = NULL");
        ExecutorService operator = Executors.newSingleThreadExecutor();
        try {
            Future<DryRun> shown = outbox.inTransaction(() -> {
                mark(id);
                Future<DryRun> waiting = operator.submit(() -> outbox.replays.dryRun(EVERYTHING));
                assertThatThrownBy(() -> waiting.get(300, TimeUnit.MILLISECONDS))
                        .isInstanceOf(TimeoutException.class);
                return waiting;
            });
            assertThat(shown.get().events()).isOne();
        } finally {
            operator.shutdown();
        }
    }

    /** As a relay does. */
    private UUID mark(UUID id) {
        outbox.jdbc
                .sql("SELECT lane FROM outbox_lanes WHERE lane = :lane FOR UPDATE")
                .param("lane", outbox.laneOf(id))
                .query(Integer.class)
                .single();
        status(
                id,
                "status = 'PUBLISHED', published_at = "
                        + Dialect.of(outbox.tables).now());
        return id;
    }

    private void status(UUID id, String change) {
        outbox.jdbc
                .sql("UPDATE outbox_events SET " + change + " WHERE event_id = :id")
                .param("id", Dialect.of(outbox.tables).id(id))
                .update();
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

    private boolean isLeased(UUID id) {
        return outbox.jdbc
                        .sql("SELECT count(*) FROM outbox_replays WHERE id = :id AND lease_until > %s"
                                .formatted(Dialect.of(outbox.tables).now()))
                        .param("id", Dialect.of(outbox.tables).id(id))
                        .query(Long.class)
                        .single()
                > 0;
    }
}
