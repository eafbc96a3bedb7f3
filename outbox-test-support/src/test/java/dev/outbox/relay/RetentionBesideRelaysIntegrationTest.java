package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.retention.EventRetention;
import dev.outbox.retention.RetentionMode;
import dev.outbox.retention.RetentionRules;
import dev.outbox.store.EventsInUse;
import dev.outbox.store.RetentionStore;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestSize;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Retention that archives everything as soon as it is finished, all the time, beside {@link RandomTraffic}: thousands of times as eager as it ever is. The name of
 * a failed run has its database and its seed.
 */
@ParameterizedClass(name = "{0}, seed {1}")
@MethodSource("databasesAndSeeds")
@Timeout(300)
class RetentionBesideRelaysIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final RetentionRules AT_ONCE =
            new RetentionRules(RetentionMode.ARCHIVE, Duration.ofMillis(1), null, null, 50);

    private final RandomTraffic traffic;
    private final EventRetention retention;

    RetentionBesideRelaysIntegrationTest(TestDatabase database, long seed) {
        traffic = new RandomTraffic(database, seed);
        retention = new EventRetention(new RetentionStore(traffic.outbox.tables, EventsInUse.NONE), AT_ONCE);
    }

    static Stream<Arguments> databasesAndSeeds() {
        return TestDatabase.forLongTests()
                .flatMap(database -> LongStream.rangeClosed(1, Long.getLong("outbox.test.seeds", TestSize.of(1, 10)))
                        .mapToObj(seed -> Arguments.of(database, seed)));
    }

    @AfterEach
    void stop() {
        traffic.stop();
    }

    @Test
    void nothing_is_lost_and_the_order_is_kept() throws Exception {
        AtomicLong archived = new AtomicLong();
        traffic.untilTheEnd(
                () -> archived.addAndGet(retention.run(PATIENCE, () -> true).archived()));
        int published = traffic.write();
        await().atMost(PATIENCE)
                .until(() -> traffic.seqs("outbox_events", "status IS NOT NULL").isEmpty());
        traffic.end();

        assertThat(archived).hasValue(published);
        assertThat(traffic.seqs("outbox_archived_events", "status IN ('PUBLISHED', 'DISCARDED')"))
                .hasSize(published);
        Set<Long> givenUp = new HashSet<>(traffic.seqs("outbox_archived_events", "status = 'DISCARDED'"));
        assertThat(traffic.broker.firstDeliveries(givenUp)).isEqualTo(traffic.publishedByKey("outbox_archived_events"));
    }
}
