package dev.outbox.store;

import java.sql.Connection;
import java.time.Duration;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A transaction of the relay, the inbox or an operator: of its own, READ COMMITTED whatever the database's default, and run again when the
 * database ends it because of a deadlock, a lock time-out or a serialisation failure.
 */
public final class ShortTransaction {
    private static final int TRIES = 5;

    private final DataSource dataSource;
    private final Dialect dialect;
    private final @Nullable Duration longest;
    private volatile @Nullable TransactionTemplate template;

    /** On the data source of these tables. */
    public ShortTransaction(OutboxTables tables) {
        this(tables, Dialect.of(tables));
    }

    ShortTransaction(OutboxTables tables, Dialect dialect) {
        this(tables, dialect, null);
    }

    /** @param longest after which time, in whole seconds, a statement of it fails; null for never */
    ShortTransaction(OutboxTables tables, Dialect dialect, @Nullable Duration longest) {
        this.dataSource = tables.dataSource();
        this.dialect = dialect;
        this.longest = longest;
    }

    /** Runs {@code work}, which returns something that is not null, in a transaction. */
    public <T> T run(Supplier<T> work) {
        TransactionTemplate transaction = template();
        return again(() -> transaction.execute(status -> work.get()));
    }

    /** A single SELECT, which needs no transaction around it and so saves the round trips for its ends. */
    <T> T read(Supplier<T> select) {
        return again(select);
    }

    private <T> T again(Supplier<@Nullable T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                T result = work.get();
                if (result == null) throw new IllegalStateException("a transaction's work returned null");
                return result;
            } catch (DataAccessException e) {
                if (attempt == TRIES || !dialect.isConcurrencyFailure(e)) throw e;
            }
        }
    }

    private TransactionTemplate template() {
        TransactionTemplate known = template;
        if (known == null) template = known = newTemplate();
        return known;
    }

    /** Where connections are READ COMMITTED anyway it is not asked for: asking costs a round trip in every transaction. */
    private TransactionTemplate newTemplate() {
        TransactionTemplate created = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        created.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        if (longest != null) created.setTimeout((int) longest.toSeconds());
        Integer isolation =
                new JdbcTemplate(dataSource).execute((ConnectionCallback<Integer>) Connection::getTransactionIsolation);
        if (isolation == null || isolation != Connection.TRANSACTION_READ_COMMITTED)
            created.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
        return created;
    }
}
