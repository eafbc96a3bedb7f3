package dev.outbox.test.contract;

import dev.outbox.store.OutboxTables;
import javax.sql.DataSource;
import org.junit.jupiter.api.Nested;

/** All contracts of the store on one database, and two of them once more with tables elsewhere and under other names. */
abstract class DatabaseContracts {
    /** As long as a prefix may be, so that a name that is too long would show. */
    static final String PREFIX = "a_prefix_of_thirty_characters_";

    abstract DataSource emptySchema();

    /** Tables with {@link #PREFIX} in a schema that is not the current one of their connections. */
    abstract OutboxTables elsewhere();

    /** How many transactions are waiting for another one now. */
    abstract int waiting(Outbox outbox);

    @Nested
    class Schemas extends SchemaContract {
        @Override
        protected DataSource emptySchema() {
            return DatabaseContracts.this.emptySchema();
        }
    }

    @Nested
    class Publishing extends PublisherContract {
        @Override
        protected DataSource emptySchema() {
            return DatabaseContracts.this.emptySchema();
        }
    }

    @Nested
    class Storing extends StoreContract {
        @Override
        protected DataSource emptySchema() {
            return DatabaseContracts.this.emptySchema();
        }
    }

    @Nested
    class Holding extends HoldingContract {
        @Override
        protected DataSource emptySchema() {
            return DatabaseContracts.this.emptySchema();
        }
    }

    @Nested
    class QuarantineTopics extends QuarantineTopicContract {
        @Override
        DataSource emptySchema() {
            return DatabaseContracts.this.emptySchema();
        }
    }

    @Nested
    class Operations extends OperationsContract {
        @Override
        DataSource emptySchema() {
            return DatabaseContracts.this.emptySchema();
        }
    }

    @Nested
    class Decisions extends DecisionContract {
        @Override
        DataSource emptySchema() {
            return DatabaseContracts.this.emptySchema();
        }

        @Override
        int waiting(Outbox outbox) {
            return DatabaseContracts.this.waiting(outbox);
        }
    }

    @Nested
    class Payloads extends PayloadContract {
        @Override
        DataSource emptySchema() {
            return DatabaseContracts.this.emptySchema();
        }
    }

    @Nested
    class Retaining extends RetentionContract {
        @Override
        DataSource emptySchema() {
            return DatabaseContracts.this.emptySchema();
        }
    }

    @Nested
    class DryRuns extends DryRunContract {
        @Override
        DataSource emptySchema() {
            return DatabaseContracts.this.emptySchema();
        }
    }

    @Nested
    class Replays extends ReplayContract {
        @Override
        DataSource emptySchema() {
            return DatabaseContracts.this.emptySchema();
        }
    }

    @Nested
    class ReplayOperators extends ReplayOperatorsContract {
        @Override
        DataSource emptySchema() {
            return DatabaseContracts.this.emptySchema();
        }
    }

    @Nested
    class RetainingElsewhere extends RetentionContract {
        @Override
        DataSource emptySchema() {
            throw new IllegalStateException("elsewhere");
        }

        @Override
        OutboxTables place() {
            return elsewhere();
        }
    }

    @Nested
    class LateEvents extends LateEventContract {
        @Override
        DataSource emptySchema() {
            return DatabaseContracts.this.emptySchema();
        }
    }

    @Nested
    class State extends StateContract {
        @Override
        OutboxTables place() {
            return OutboxTables.of(DatabaseContracts.this.emptySchema());
        }
    }

    @Nested
    class StateElsewhere extends StateContract {
        @Override
        OutboxTables place() {
            return elsewhere();
        }
    }

    @Nested
    class HoldingElsewhere extends HoldingContract {
        @Override
        protected DataSource emptySchema() {
            throw new IllegalStateException("elsewhere");
        }

        @Override
        protected OutboxTables place() {
            return elsewhere();
        }
    }
}
