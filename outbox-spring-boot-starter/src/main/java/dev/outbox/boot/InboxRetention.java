package dev.outbox.boot;

import dev.outbox.inbox.store.InboxStore;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/**
 * Forgets from time to time what consumers have handled long ago, in chunks that hold no lock for long. Every instance may do so: what one has forgotten, the others do not find.
 */
final class InboxRetention implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(InboxRetention.class);
    private static final int CHUNK = 1_000;

    private final InboxStore store;
    private final Duration age;
    private final Duration interval;
    private volatile SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();
    private volatile boolean running;

    InboxRetention(InboxStore store, Duration age, Duration interval) {
        this.store = store;
        this.age = age;
        this.interval = interval;
    }

    @Override
    public void start() {
        scheduler = new SimpleAsyncTaskScheduler();
        scheduler.setThreadNamePrefix("outbox-inbox-retention-");
        scheduler.scheduleWithFixedDelay(this::forget, Instant.now().plus(interval), interval);
        running = true;
    }

    private void forget() {
        long forgotten = 0;
        try {
            int some;
            do {
                some = store.forget(age, CHUNK);
                forgotten += some;
            } while (some == CHUNK && running);
        } catch (DataAccessException e) {
            log.warn("Handled events could not be forgotten, and will be next time, in {}: {}", interval, e.toString());
        }
        if (forgotten > 0) log.info("{} events that were handled more than {} ago are forgotten.", forgotten, age);
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
