package dev.outbox.inbox.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.inbox.RedriveResult;
import dev.outbox.test.TestSize;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Redrives that meet each other, and events that arrive meanwhile. */
class MeetingRedrivesIntegrationTest extends DeadLettersOnEveryDatabase {
    private final ExecutorService threads = Executors.newCachedThreadPool();

    MeetingRedrivesIntegrationTest(InboxDatabase database) {
        super(database);
    }

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    @Test
    void a_follower_waits_for_the_redrive_of_the_last_one_and_is_handled_after_it() throws Exception {
        putAside("1", 1);
        HeldHandling held = new HeldHandling();
        Future<RedriveResult> redrive = threads.submit(() -> deadLetters.redrive(ALL, 10, WHY));
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
        Future<RedriveResult> redrive = threads.submit(() -> deadLetters.redrive(ALL, 10, WHY));
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
        Future<RedriveResult> first = threads.submit(() -> deadLetters.redrive(ALL, 1, WHY));
        held.begun.await();
        duringHandling = () -> {};
        Future<RedriveResult> second = threads.submit(() -> deadLetters.redrive(ALL, 10, WHY));
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
                while (end.getCount() > 0) deadLetters.redrive(ALL, 10, WHY);
                return null;
            }));
        }
        Random keys = new Random(seed);
        Random failures = new Random(seed);
        duringHandling = () -> {
            if (failures.nextInt(3) == 0) throw new IllegalStateException("this time");
        };
        for (long offset = 0; offset < events; offset++) listen(Events.of("key" + keys.nextInt(3), offset));
        duringHandling = () -> {};
        end.countDown();
        for (Future<?> redrive : redrives) redrive.get();
        while (!listed().isEmpty())
            assertThat(deadLetters.redrive(ALL, 1000, WHY).failed()).isEmpty();

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
}
