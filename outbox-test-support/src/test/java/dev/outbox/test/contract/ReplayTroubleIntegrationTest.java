package dev.outbox.test.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxPause;
import dev.outbox.Replay;
import dev.outbox.ReplayPlan;
import dev.outbox.ReplayStatus;
import dev.outbox.spi.EventSender;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Replays to a broker that fails, lets them wait, or may not be asked at all. The database has no part in it, so there is one. */
class ReplayTroubleIntegrationTest extends ReplayBench {
    @Override
    DataSource emptySchema() {
        return PostgresStoreIntegrationTest.emptyPostgresSchema();
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

    /** Seven keys make one wave, and each send takes as long as a wave may. */
    @Test
    void a_broker_that_lets_each_send_wait_costs_no_lease() {
        published(7, "Placed");
        Replay started = start(EVERYTHING);
        QuickRelay impatient = QuickRelay.SETTINGS.send(Duration.ofMillis(50));
        List<Instant> leases = new CopyOnWriteArrayList<>();
        EventSender slow = event -> {
            leases.add(leaseEnd());
            await().pollDelay(impatient.send().multipliedBy(2)).until(() -> true);
            return acknowledged(event);
        };
        replay(slow, impatient);
        awaitStatus(started.id(), ReplayStatus.DONE);
        assertThat(leases)
                .as("renewed before each further send")
                .hasSize(7)
                .isSorted()
                .doesNotHaveDuplicates();
        assertInOrder();
    }

    private Instant leaseEnd() {
        return outbox.jdbc
                .sql("SELECT lease_until FROM outbox_replays")
                .query((row, number) -> row.getTimestamp("lease_until").toInstant())
                .single();
    }
}
