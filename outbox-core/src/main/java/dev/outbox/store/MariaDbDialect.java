package dev.outbox.store;

import java.sql.SQLException;

/** MariaDB, where it is not as MySQL. */
final class MariaDbDialect extends MySqlDialect {
    /** With {@code innodb_snapshot_isolation}, which is on by default from 11.6 on. */
    private static final int RECORD_HAS_CHANGED = 1020;

    @Override
    boolean isConcurrencyFailure(SQLException e) {
        return super.isConcurrencyFailure(e) || e.getErrorCode() == RECORD_HAS_CHANGED;
    }
}
