package dev.outbox.boot;

import dev.outbox.retention.EventRetention;
import java.time.Duration;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Runs the retention of events from time to time, for the first time after one interval. A run ends before its lock does. */
final class RetentionJob implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(RetentionJob.class);

    /** No chunk begins later. */
    private static final Duration LONGEST_RUN = Duration.ofMinutes(5);

    /** A chunk that the database ends is made again, up to five times of at most half a minute each, and has to find a connection. */
    static final Duration LONGEST_LOCK = Duration.ofMinutes(15);

    /** How long a stop waits for the chunk under way. */
    private static final int PATIENCE_SECONDS = 20;

    private final EventRetention retention;
    private final RetentionLock lock;
    private final Duration interval;
    private volatile ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
    private volatile boolean running;

    RetentionJob(EventRetention retention, RetentionLock lock, Duration interval) {
        this.retention = retention;
        this.lock = lock;
        this.interval = interval;
    }

    @Override
    public void start() {
        scheduler = new ThreadPoolTaskScheduler();
        scheduler.setThreadNamePrefix("outbox-retention-");
        scheduler.setWaitForTasksToCompleteOnShutdown(true);
        scheduler.setAwaitTerminationSeconds(PATIENCE_SECONDS);
        scheduler.initialize();
        running = true;
        scheduler.scheduleWithFixedDelay(this::run, Instant.now().plus(interval), interval);
    }

    private void run() {
        try {
            lock.run(() -> retention.run(LONGEST_RUN, () -> running));
        } catch (RuntimeException e) {
            log.warn(
                    "Retention of events has failed, and goes on with the next run, in {}: {}", interval, e.toString());
        }
    }

    /** Waits for the chunk that is under way. */
    @Override
    public void stop() {
        running = false;
        scheduler.shutdown();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
