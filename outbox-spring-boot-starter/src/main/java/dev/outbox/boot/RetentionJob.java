package dev.outbox.boot;

import dev.outbox.retention.EventRetention;
import dev.outbox.retention.TableWatch;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** Runs the retention of events from time to time, for the first time after one interval. A run ends before its lock does. */
final class RetentionJob implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(RetentionJob.class);

    /** No chunk begins later. */
    private static final Duration LONGEST_RUN = Duration.ofMinutes(5);

    /** A chunk that the database ends is made again, up to five times of at most half a minute each, and has to find a connection. */
    static final Duration LONGEST_LOCK = Duration.ofMinutes(15);

    /** How often the size of the tables is looked at, by every instance: each has a forecast to show. */
    private static final Duration LOOK_INTERVAL = Duration.ofMinutes(5);

    /** How long a stop waits for the chunk under way. */
    private static final int PATIENCE_SECONDS = 20;

    private final EventRetention retention;
    private final RetentionLock lock;
    private final Duration interval;
    private final @Nullable TableWatch watch;
    private volatile ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
    private volatile boolean running;

    /** @param watch null if there is nothing to watch */
    RetentionJob(EventRetention retention, RetentionLock lock, Duration interval, @Nullable TableWatch watch) {
        this.retention = retention;
        this.lock = lock;
        this.interval = interval;
        this.watch = watch;
    }

    @Override
    public void start() {
        scheduler = new ThreadPoolTaskScheduler();
        scheduler.setThreadNamePrefix("outbox-retention-");
        scheduler.setWaitForTasksToCompleteOnShutdown(true);
        scheduler.setAwaitTerminationSeconds(PATIENCE_SECONDS);
        scheduler.initialize();
        running = true;
        TableWatch watch = this.watch;
        if (watch != null) scheduler.scheduleAtFixedRate(() -> lookAt(watch), LOOK_INTERVAL);
        if (watch != null || !retention.keepsEverything()) {
            scheduler.scheduleWithFixedDelay(this::run, Instant.now().plus(interval), interval);
        }
    }

    private void run() {
        try {
            lock.run(() -> {
                if (watch != null) watch.warn();
                retention.run(LONGEST_RUN, () -> running);
            });
        } catch (RuntimeException e) {
            log.warn(
                    "Retention of events has failed, and goes on with the next run, in {}: {}", interval, e.toString());
        }
    }

    private static void lookAt(TableWatch watch) {
        try {
            watch.look();
        } catch (DataAccessException e) {
            log.warn(
                    "The size of the outbox tables could not be read, and is looked at again in {}: {}",
                    LOOK_INTERVAL,
                    e.toString());
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
