package dev.outbox.inbox.deadletter.store;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.CannotCreateTransactionException;

/** Tells failures of the database, which say nothing about what was to be handled, from others. */
public final class DatabaseOutage {
    /** Connection exceptions, rollbacks in favour of others, read-only, no resources, and PostgreSQL's shutdowns. */
    private static final List<String> STATES = List.of("08", "40001", "40P01", "25006", "53", "57P");

    private DatabaseOutage() {}

    /** Whether this is one, causes not looked at. */
    public static boolean is(Throwable cause) {
        return cause instanceof CannotCreateTransactionException
                || cause instanceof DataAccessResourceFailureException
                || cause instanceof TransientDataAccessException
                || cause instanceof RecoverableDataAccessException
                || cause instanceof SQLTransientException
                || cause instanceof SQLRecoverableException
                || cause instanceof SQLNonTransientConnectionException
                || (cause instanceof SQLException sql && hasStateOfAnOutage(sql.getSQLState()));
    }

    private static boolean hasStateOfAnOutage(@Nullable String state) {
        return state != null && STATES.stream().anyMatch(state::startsWith);
    }
}
