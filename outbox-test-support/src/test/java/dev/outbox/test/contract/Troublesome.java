package dev.outbox.test.contract;

import dev.outbox.spi.EventSender;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A broker that refuses some events, takes some without saying so, takes some late, and lets some callers sleep past their lease; which, a seed decides. */
final class Troublesome implements EventSender {
    private static final Duration PAST_A_LEASE = Duration.ofMillis(700);
    private static final long LATE_MILLIS = 400;

    private final List<OutboxRecord> log;
    private final Random random;
    private final AtomicInteger troubles = new AtomicInteger();

    /** @param log what it has, in the order in which it came; safe for many threads */
    Troublesome(List<OutboxRecord> log, long seed) {
        this.log = log;
        this.random = new Random(seed);
    }

    int troubles() {
        return troubles.get();
    }

    @Override
    public CompletionStage<SentPosition> send(OutboxRecord event) {
        int fate = draw();
        if (fate < 6) troubles.incrementAndGet();
        switch (fate) {
            case 0 -> {
                return failed();
            }
            case 1 -> {
                log.add(event);
                return failed();
            }
            case 2 -> {
                log.add(event);
                return new CompletableFuture<>();
            }
            case 3 -> {
                CompletableFuture<SentPosition> late = new CompletableFuture<>();
                CompletableFuture.delayedExecutor(LATE_MILLIS, TimeUnit.MILLISECONDS)
                        .execute(() -> log.add(event));
                return late;
            }
            case 4 -> throw new IllegalStateException("refused before it was sent");
            case 5 -> {
                long wake = System.nanoTime() + PAST_A_LEASE.toNanos();
                while (System.nanoTime() < wake) LockSupport.parkNanos(wake - System.nanoTime());
            }
            default -> {}
        }
        log.add(event);
        return CompletableFuture.completedFuture(new SentPosition(event.topic(), 0, 0));
    }

    private synchronized int draw() {
        return random.nextInt(60);
    }

    private static CompletableFuture<SentPosition> failed() {
        return CompletableFuture.failedFuture(SendException.ofBroker(new IOException("the connection is gone")));
    }
}
