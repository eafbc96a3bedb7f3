package dev.outbox.test;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** What a proxy does with the bytes of one direction. Thread-safe. */
final class ProxyRule {

    private static final long ABORT_POLL_MILLIS = 10;

    private boolean holding;
    private Duration delay = Duration.ZERO;
    private long kept;

    synchronized void hold(boolean holding) {
        this.holding = holding;
        notifyAll();
    }

    synchronized void delay(Duration delay) {
        this.delay = delay;
        notifyAll();
    }

    synchronized long kept() {
        return kept;
    }

    /** Keeps bytes as long as the rule says and the connection lives. */
    synchronized void keep(int bytes, BooleanSupplier alive) {
        long since = System.nanoTime();
        kept += bytes;
        try {
            while (alive.getAsBoolean() && (holding || System.nanoTime() - since < delay.toNanos())) {
                wait(ABORT_POLL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            kept -= bytes;
        }
    }
}
