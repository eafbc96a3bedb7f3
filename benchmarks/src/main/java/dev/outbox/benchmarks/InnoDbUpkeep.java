package dev.outbox.benchmarks;

import dev.outbox.test.DatabaseServer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** {@link Upkeep} of MySQL and MariaDB, by the server's administrator. */
final class InnoDbUpkeep implements Upkeep {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int FEW_PAGES = 100;

    private static final String SET = "SET GLOBAL %s = %s";

    private record Setting(String name, int value) {}

    /** In this order: none may exceed the limit that another one sets. */
    private static final List<Setting> FLUSHING = List.of(
            new Setting("innodb_io_capacity_max", 20_000),
            new Setting("innodb_io_capacity", 20_000),
            new Setting("innodb_max_dirty_pages_pct_lwm", 0),
            new Setting("innodb_max_dirty_pages_pct", 0));

    private final JdbcTemplate administrator;

    InnoDbUpkeep(DatabaseServer<?> server) {
        this.administrator =
                new JdbcTemplate(new DriverManagerDataSource(server.jdbcUrl(), server.username(), server.password()));
    }

    /** There is no checkpoint to be had by command, but the server can be told to keep no page that is not written. */
    @Override
    public void settle(JdbcTemplate jdbc) {
        jdbc.execute("ANALYZE TABLE outbox_events");
        Deque<String> undo = new ArrayDeque<>();
        for (Setting setting : FLUSHING) {
            undo.push(SET.formatted(
                    setting.name(), administrator.queryForObject("SELECT @@" + setting.name(), String.class)));
            administrator.execute(SET.formatted(setting.name(), setting.value()));
        }
        await("Innodb_buffer_pool_pages_dirty", FEW_PAGES);
        undo.forEach(administrator::execute);
        Disk.settle();
    }

    private void await(String status, long most) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (status(status) > most) pause(end, status);
    }

    private static void pause(long end, String what) {
        if (System.nanoTime() > end) throw new IllegalStateException("the server does not get rid of its " + what);
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the server was at work", e);
        }
    }

    @Override
    public int history() {
        return Objects.requireNonNull(administrator.queryForObject(
                "SELECT count FROM information_schema.innodb_metrics WHERE name = 'trx_rseg_history_len'",
                Integer.class));
    }

    private long status(String name) {
        return Objects.requireNonNull(administrator.queryForObject(
                "SHOW GLOBAL STATUS LIKE '%s'".formatted(name), (row, number) -> row.getLong(2)));
    }
}
