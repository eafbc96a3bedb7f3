package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NudgesTest {
    private static final int WORKERS = 4;
    private static final Duration WAIT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofHours(1);

    private final Nudges nudges = new Nudges(WORKERS);
    private final ExecutorService threads = Executors.newFixedThreadPool(WORKERS);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void workers_share_their_waits() throws Exception {
        List<Long> looks = new CopyOnWriteArrayList<>();
        nudges.looked();
        long start = System.nanoTime();
        Callable<Void> worker = () -> {
            while (looks.size() < 20) {
                nudges.await(WAIT);
                looks.add(System.nanoTime());
            }
            return null;
        };
        for (Future<Void> each :
                threads.invokeAll(Stream.generate(() -> worker).limit(WORKERS).toList())) each.get();
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        assertThat(looks.size()).as("looks in %s", time).isLessThanOrEqualTo((int) time.dividedBy(WAIT));
    }

    @Test
    void a_wait_begins_when_a_worker_has_looked_last() throws Exception {
        nudges.await(WAIT);
        TimeUnit.NANOSECONDS.sleep(WAIT.toNanos());
        long looked = System.nanoTime();
        nudges.looked();
        nudges.await(WAIT);
        assertThat(System.nanoTime() - looked).isGreaterThanOrEqualTo(WAIT.toNanos());
    }

    @Test
    void a_nudge_ends_one_wait_and_one_that_comes_before_the_wait_is_not_lost() throws Exception {
        nudges.give();
        nudges.await(LONG);
        Future<?> waiting = threads.submit(() -> {
            nudges.await(LONG);
            return null;
        });
        nudges.give();
        waiting.get();
        assertThat(nudges.given()).isEqualTo(2);
    }
}
