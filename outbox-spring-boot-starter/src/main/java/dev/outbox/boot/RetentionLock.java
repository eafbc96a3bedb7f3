package dev.outbox.boot;

import dev.outbox.store.OutboxTables;
import java.time.Duration;
import java.time.Instant;
import net.javacrumbs.shedlock.core.DefaultLockingTaskExecutor;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockingTaskExecutor;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider;
import net.javacrumbs.shedlock.provider.jdbctemplate.JdbcTemplateLockProvider.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;

/** ShedLock on a table of the outbox's or the inbox's own, in database time: of all instances one runs the retention, once an interval. */
final class RetentionLock {
    /** In the table of these tables, so that others in the database have another lock. */
    private static final String NAME = "retention";

    private final LockingTaskExecutor executor;
    private final Duration atMost;
    private final Duration atLeast;

    /**
     * @param tables the outbox's or the inbox's
     * @param longest how long a run may take, the worst chunk included
     * @param interval how often every instance tries: for so long after the beginning of a run the others leave it at that
     */
    RetentionLock(OutboxTables tables, Duration longest, Duration interval) {
        this.executor = new DefaultLockingTaskExecutor(new JdbcTemplateLockProvider(Configuration.builder()
                .withJdbcTemplate(new JdbcTemplate(tables.dataSource()))
                .withTableName(tables.named("outbox_shedlock"))
                .usingDbTime()
                .build()));
        this.atMost = longest.compareTo(interval) > 0 ? longest : interval;
        this.atLeast = interval;
    }

    /** Runs {@code work} unless another instance does, or has done so within the interval. */
    void run(Runnable work) {
        executor.executeWithLock(work, new LockConfiguration(Instant.now(), NAME, atMost, atLeast));
    }
}
