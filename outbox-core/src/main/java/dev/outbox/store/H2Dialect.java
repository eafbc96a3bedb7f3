package dev.outbox.store;

import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.springframework.jdbc.core.JdbcTemplate;

/** H2, for trying out and for tests: all users of a database are in one process. */
final class H2Dialect extends Dialect {
    private static final int LOCK_TIMEOUT = 50200;
    private static final ReentrantLock INSTALLATION = new ReentrantLock();

    @Override
    public String now() {
        return "current_timestamp(6)";
    }

    @Override
    public String deleteSome(String table, String which) {
        return "DELETE FROM %1$s WHERE _ROWID_ IN (SELECT _ROWID_ FROM %1$s WHERE %2$s)".formatted(table, which);
    }

    @Override
    boolean tellsSize() {
        return false;
    }

    @Override
    boolean isConcurrencyFailure(SQLException e) {
        return e.getErrorCode() == LOCK_TIMEOUT;
    }

    @Override
    <T> T exclusively(JdbcTemplate jdbc, String name, Supplier<T> work) {
        INSTALLATION.lock();
        try {
            return work.get();
        } finally {
            INSTALLATION.unlock();
        }
    }
}
