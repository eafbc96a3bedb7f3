package dev.outbox.relay;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How the workers of a relay hear that there may be work: one that is idle wakes up, and one that is busy can tell afterwards that somebody has called. Without a call they look from time to time, and share the waits in
 * between: so more workers do not mean more looks. Safe for use by many threads.
 */
final class Nudges {
    private final int workers;
    private final Semaphore waiting = new Semaphore(0);
    private final AtomicLong given = new AtomicLong();
    private final AtomicLong lastLook = new AtomicLong(System.nanoTime());

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

    /** Returns when there is one for this worker, or when no worker has begun or ended a look for so long. */
    void await(Duration longest) throws InterruptedException {
        while (true) {
            long last = lastLook.get();
            long left = last + longest.toNanos() - System.nanoTime();
            if (left <= 0 && lastLook.compareAndSet(last, System.nanoTime())) return;
            if (left > 0 && waiting.tryAcquire(left, TimeUnit.NANOSECONDS)) return;
        }
    }

    /** A worker has looked, and worked if there was something to do. */
    void looked() {
        lastLook.set(System.nanoTime());
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
