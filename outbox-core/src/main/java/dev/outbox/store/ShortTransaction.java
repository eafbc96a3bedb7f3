package dev.outbox.store;

import java.util.function.Supplier;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A transaction of the relay or an operator: of its own, READ COMMITTED whatever the database's default, and run again when the
 * database ends it because of a deadlock, a lock time-out or a serialisation failure.
 */
final class ShortTransaction {
    private static final int TRIES = 5;

    private final TransactionTemplate template;

    ShortTransaction(OutboxTables tables) {
        template = new TransactionTemplate(new DataSourceTransactionManager(tables.dataSource()));
        template.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
        template.setIsolationLevel(TransactionDefinition.ISOLATION_READ_COMMITTED);
    }

    <T> T run(Supplier<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                T result = template.execute(status -> work.get());
                if (result == null) throw new IllegalStateException("a transaction's work returned null");
                return result;
            } catch (ConcurrencyFailureException e) {
                if (attempt == TRIES) throw e;
            }
        }
    }
}
