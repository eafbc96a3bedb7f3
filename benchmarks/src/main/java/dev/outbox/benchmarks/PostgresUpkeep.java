package dev.outbox.benchmarks;

import org.springframework.jdbc.core.JdbcTemplate;

/** {@link Upkeep} of PostgreSQL. */
final class PostgresUpkeep implements Upkeep {
    @Override
    public void settle(JdbcTemplate jdbc) {
        jdbc.execute("ANALYZE outbox_events");
        jdbc.execute("CHECKPOINT");
        Disk.settle();
    }

    @Override
    public void vacuum(JdbcTemplate jdbc) {
        jdbc.execute("VACUUM outbox_events");
    }
}
