package dev.outbox.boot;

import dev.outbox.inbox.store.InboxStore;
import dev.outbox.retention.EventRetention;
import dev.outbox.retention.RetentionRules;
import dev.outbox.store.EventsInUse;
import dev.outbox.store.OutboxTables;
import dev.outbox.store.RetentionStore;
import dev.outbox.store.ShortTransaction;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/**
 * Forgets from time to time what consumers have handled long ago, and deletes lines of the inbox's audit trail where that is wanted, in chunks that hold no lock for long: of all instances one. Should two do so at once, what one has removed the other does not find.
 */
final class InboxRetention implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(InboxRetention.class);
    private static final int CHUNK = 1_000;

    /** No chunk begins later. */
    private static final Duration LONGEST_RUN = Duration.ofMinutes(5);

    private final InboxStore store;
    private final ShortTransaction transaction;
    private final EventRetention audit;
    private final RetentionLock lock;
    private final Duration age;
    private final Duration interval;
    private volatile SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();
    private volatile boolean running;

    /**
     * @param tables the inbox's
     * @param age after which time what was handled is forgotten
     * @param rules those of an audit trail; the inbox has no events of its own to which the others could apply
     */
    InboxRetention(OutboxTables tables, Duration age, RetentionRules rules, Duration interval) {
        this.store = new InboxStore(tables);
        this.transaction = new ShortTransaction(tables);
        this.audit = new EventRetention(new RetentionStore(tables, EventsInUse.NONE), rules.auditOnly());
        this.lock = new RetentionLock(tables, RetentionJob.LONGEST_LOCK, interval);
        this.age = age;
        this.interval = interval;
    }

    @Override
    public void start() {
        scheduler = new SimpleAsyncTaskScheduler();
        scheduler.setThreadNamePrefix("outbox-inbox-retention-");
        scheduler.scheduleWithFixedDelay(this::run, Instant.now().plus(interval), interval);
        running = true;
    }

    private void run() {
        try {
            lock.run(() -> {
                long start = System.nanoTime();
                forget(start);
                audit.run(LONGEST_RUN.minus(elapsed(start)), () -> running);
            });
        } catch (RuntimeException e) {
            log.warn(
                    "Retention of the inbox has failed, and goes on with the next run, in {}: {}",
                    interval,
                    e.toString());
        }
    }

    private void forget(long start) {
        long forgotten = 0;
        try {
            int some;
            do {
                some = transaction.run(() -> store.forget(age, CHUNK));
                forgotten += some;
            } while (some == CHUNK && running && elapsed(start).compareTo(LONGEST_RUN) < 0);
        } finally {
            if (forgotten > 0) {
                log.info(
                        "{} events that were handled more than {} ago are forgotten, in {} ms.",
                        forgotten,
                        age,
                        elapsed(start).toMillis());
            }
        }
    }

    private static Duration elapsed(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Waits for the chunk that is under way. */
    @Override
    public void stop() {
        running = false;
        scheduler.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
