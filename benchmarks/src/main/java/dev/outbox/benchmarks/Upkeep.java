package dev.outbox.benchmarks;

import org.springframework.jdbc.core.JdbcTemplate;

/** What a database does by itself in time, done at once, so that it does not fall due in the middle of a measurement. */
interface Upkeep {
    /** Gathers statistics and writes what is in memory only. */
    void settle(JdbcTemplate jdbc);

    /** Removes old versions of rows that nobody needs any more, where that is not going on all the time. */
    default void vacuum(JdbcTemplate jdbc) {}

    /** How many transactions have left old versions that were not removed yet, where the database says so. */
    default int history() {
        return 0;
    }
}
