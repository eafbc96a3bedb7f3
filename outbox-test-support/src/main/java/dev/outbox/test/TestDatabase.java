package dev.outbox.test;

import java.util.function.Supplier;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/** The database servers on which a test can run, for tests that do the same on several. */
public enum TestDatabase {

    /** PostgreSQL. */
    POSTGRESQL(TestServers::postgres, PostgresServer::start),

    /** MySQL. */
    MYSQL(TestServers::mysql, MySqlServer::start),

    /** MariaDB. */
    MARIADB(TestServers::mariadb, () -> MySqlServer.start(MySqlFlavour.MARIADB, DatabaseOptions.temporary()));

    private final Supplier<DatabaseServer<?>> shared;
    private final Supplier<DatabaseServer<?>> own;

    TestDatabase(Supplier<DatabaseServer<?>> shared, Supplier<DatabaseServer<?>> own) {
        this.shared = shared;
        this.own = own;
    }

    /** For tests that take long: MariaDB, which is so near to MySQL, only in the long form. */
    public static Stream<TestDatabase> forLongTests() {
        return Stream.of(values()).filter(database -> database != MARIADB || TestSize.isLong());
    }

    /** For tests of what hardly depends on the database: others than PostgreSQL only in the long form. */
    public static Stream<TestDatabase> forBrokerTests() {
        return Stream.of(values()).filter(database -> database == POSTGRESQL || TestSize.isLong());
    }

    /**
     * Creates an empty schema on the shared server.
     *
     * @param prefix the first part of its name
     * @throws TestAbortedException with the reason if the server cannot be started; {@link NotRun} reports the test
     */
    public DatabaseSchema createSchema(String prefix) {
        return shared.get().createSchema(prefix);
    }

    /** Starts a server that the test may kill, pause and restart, and has to close. */
    public DatabaseServer<?> start() {
        return own.get();
    }
}
