package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.DryRun;
import dev.outbox.OutboxReplays;
import dev.outbox.Replay;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayRequest;
import dev.outbox.ReplayStatus;
import dev.outbox.retention.EventRetention;
import dev.outbox.retention.RetentionMode;
import dev.outbox.retention.RetentionRules;
import dev.outbox.store.Dialect;
import dev.outbox.store.RetentionStore;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestSize;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Replays of everything, one after the other, beside {@link RandomTraffic} that publishes to the same keys through the same erratic broker, and beside retention that archives what it may. The name of a
 * failed run has its database and its seed.
 */
@ParameterizedClass(name = "{0}, seed {1}")
@MethodSource("databasesAndSeeds")
@Timeout(300)
class ReplayBesideRelaysIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Of retention, which would take most of the processors for looking at what replays need. */
    private static final Duration BREATH = Duration.ofMillis(50);

    private static final String REASON = "a test";
    private static final RetentionRules AT_ONCE =
            new RetentionRules(RetentionMode.ARCHIVE, Duration.ofMillis(1), null, null, 50);

    private final RandomTraffic traffic;
    private final EventRetention retention;
    private final List<Replayer> replayers;
    private final List<Replay> replays = new CopyOnWriteArrayList<>();

    ReplayBesideRelaysIntegrationTest(TestDatabase database, long seed) {
        traffic = new RandomTraffic(database, seed);
        retention = new EventRetention(new RetentionStore(traffic.outbox.tables, traffic.outbox.replayStore), AT_ONCE);
        QuickRelay settings =
                QuickRelay.SETTINGS.batch(50).lease(Duration.ofSeconds(1)).send(Duration.ofMillis(150));
        replayers = IntStream.range(0, 2)
                .mapToObj(i -> traffic.outbox.replayer(traffic.broker, settings.settings(), "replayer " + i))
                .toList();
    }

    static Stream<Arguments> databasesAndSeeds() {
        return TestDatabase.forLongTests()
                .flatMap(database -> LongStream.rangeClosed(1, Long.getLong("outbox.test.seeds", TestSize.of(1, 5)))
                        .mapToObj(seed -> Arguments.of(database, seed)));
    }

    @AfterEach
    void stop() {
        replayers.forEach(Replayer::stop);
        traffic.stop();
    }

    @Test
    void live_events_and_copies_each_come_in_order_and_no_copy_before_its_event() throws Exception {
        replayers.forEach(Replayer::start);
        traffic.untilTheEnd(() -> {
            retention.run(PATIENCE, () -> true);
            LockSupport.parkNanos(BREATH.toNanos());
        });
        traffic.untilTheEnd(this::replayEverything);
        traffic.write();
        await().atMost(PATIENCE)
                .until(() -> traffic.seqs("outbox_events", "status NOT IN ('PUBLISHED', 'DISCARDED')")
                        .isEmpty());
        traffic.end();
        replayEverything(); // so that one of them had all
        retention.run(PATIENCE, () -> true);

        assertThat(replays).hasSizeGreaterThan(1);
        for (Replay replay : replays)
            assertThat(traffic.broker.firstCopies(replay.id()))
                    .as("replay of what was published by %s", replay.shownAt())
                    .isEqualTo(publishedUntil(replay.shownAt()));
        assertThat(traffic.broker.copiesBeforeTheirEvents()).isEmpty();
        Set<Long> givenUp = new HashSet<>(traffic.seqs("outbox_archived_events", "status = 'DISCARDED'"));
        assertThat(traffic.broker.firstDeliveries(givenUp)).isEqualTo(traffic.publishedByKey("outbox_archived_events"));
    }

    /** Starts one at once after its dry run, when none is under way, and lets it run to its end. */
    private void replayEverything() {
        OutboxReplays operator = traffic.outbox.replays;
        DryRun shown = operator.dryRun(ReplayPlan.ofPeriod(Instant.EPOCH, null));
        Replay replay = operator.start(ReplayRequest.readOnly(shown.token()).atMost(ReplayRequest.MAX_RATE), REASON);
        replays.add(replay);
        await().atMost(PATIENCE)
                .until(() -> operator.find(replay.id()).orElseThrow().status() == ReplayStatus.DONE);
    }

    /** As table and archive say when all is over; the archive removes nothing. */
    private Map<String, List<Long>> publishedUntil(Instant time) {
        record Row(String key, long seq) {}
        String each = "SELECT aggregate_id, seq FROM %s WHERE status = 'PUBLISHED' AND published_at <= :time";
        return traffic
                .outbox
                .jdbc
                .sql(each.formatted("outbox_events") + " UNION ALL " + each.formatted("outbox_archived_events")
                        + " ORDER BY seq")
                .param("time", Dialect.of(traffic.outbox.tables).time(time))
                .query((row, number) -> new Row(row.getString(1), row.getLong(2)))
                .list()
                .stream()
                .collect(Collectors.groupingBy(Row::key, Collectors.mapping(Row::seq, Collectors.toList())));
    }
}
