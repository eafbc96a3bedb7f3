package dev.outbox.relay;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** How the workers of a relay hear that there may be work: one that is idle wakes up, and one that is busy can tell afterwards that somebody has called. Safe for use by many threads. */
final class Nudges {
    private final int workers;
    private final Semaphore waiting = new Semaphore(0);
    private final AtomicLong given = new AtomicLong();

    Nudges(int workers) {
        this.workers = workers;
    }

    /** Wakes one worker, or the next one that is about to wait. Returns at once; one is enough for any number of commits. */
    void give() {
        given.incrementAndGet();
        if (waiting.availablePermits() < workers) waiting.release();
    }

    /** How many there have been so far. */
    long given() {
        return given.get();
    }

    /** Returns when there is one for this worker, or after the time. */
    void await(Duration longest) throws InterruptedException {
        waiting.tryAcquire(longest.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Wakes all workers. */
    void wakeAll() {
        waiting.release(workers);
    }

    /** Forgets what no worker has taken. */
    void forget() {
        waiting.drainPermits();
    }
}
