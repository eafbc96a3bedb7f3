package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.relay.ErraticBroker.Answer;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestSize;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@link RandomTraffic}, and everything is finished in the end.
 *
 * <p>The name of a failed run has its database and its seed. {@code -Doutbox.test.seeds=N} tries the seeds from 1 to N on each database; by default two, and one on MariaDB, in
 * the long form 15.
 */
@ParameterizedClass(name = "{0}, seed {1}")
@MethodSource("databasesAndSeeds")
@Timeout(300)
class RandomFailuresIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Of all seeds together: what a single one comes across is its luck. */
    private static final Set<Answer> ANSWERS = EnumSet.noneOf(Answer.class);

    private static final AtomicInteger APPROVED = new AtomicInteger();
    private static final AtomicInteger DISCARDED = new AtomicInteger();
    private static final AtomicInteger EXPIRED = new AtomicInteger();

    private final RandomTraffic traffic;

    RandomFailuresIntegrationTest(TestDatabase database, long seed) {
        traffic = new RandomTraffic(database, seed);
    }

    static Stream<Arguments> databasesAndSeeds() {
        return Stream.of(TestDatabase.values())
                .flatMap(database ->
                        LongStream.rangeClosed(1, seeds(database)).mapToObj(seed -> Arguments.of(database, seed)));
    }

    private static long seeds(TestDatabase database) {
        return Long.getLong("outbox.test.seeds", TestSize.of(database == TestDatabase.MARIADB ? 1 : 2, 15));
    }

    @AfterEach
    void stop() {
        traffic.stop();
    }

    @Test
    void everything_is_finished_and_first_deliveries_are_in_order() throws Exception {
        traffic.write();
        await().atMost(PATIENCE)
                .until(() -> traffic.seqs("outbox_events", "status NOT IN ('PUBLISHED', 'DISCARDED')")
                        .isEmpty());
        traffic.end();

        Set<Long> givenUp = new HashSet<>(traffic.seqs("outbox_events", "status = 'DISCARDED'"));
        assertThat(traffic.broker.firstDeliveries(givenUp)).isEqualTo(traffic.publishedByKey("outbox_events"));
        ANSWERS.addAll(traffic.broker.answers());
        APPROVED.addAndGet(traffic.approved.get());
        DISCARDED.addAndGet(traffic.discarded.get());
        EXPIRED.addAndGet(traffic.expired.get());
    }

    @AfterAll
    static void everything_that_can_happen_has_happened() {
        assertThat(ANSWERS).containsExactlyInAnyOrder(Answer.values());
        assertThat(List.of(APPROVED.get(), DISCARDED.get(), EXPIRED.get()))
                .as("approved, discarded, leases ended")
                .allSatisfy(times -> assertThat(times).isPositive());
    }
}
