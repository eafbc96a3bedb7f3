package dev.outbox.test;

import org.opentest4j.TestAbortedException;

/**
 * The servers that all tests of a JVM share, unless said otherwise. Each starts with its first use and ends after the JVM. Thread-safe.
 *
 * <p>Tests keep apart by schemas and topics of their own, and leave these servers alone: who kills, pauses or restarts a
 * server starts one with {@link PostgresServer#start()}, {@link MySqlServer#start()} or {@link KafkaServer#start()}.
 */
public final class TestServers {

    private static final SharedServer<PostgresServer> POSTGRES = new SharedServer<>(PostgresServer::start);
    private static final SharedServer<MySqlServer> MYSQL = new SharedServer<>(MySqlServer::start);
    private static final SharedServer<MySqlServer> MARIADB =
            new SharedServer<>(() -> MySqlServer.start(MySqlFlavour.MARIADB, DatabaseOptions.temporary()));
    private static final SharedServer<KafkaServer> KAFKA = new SharedServer<>(KafkaServer::start);

    private TestServers() {}

    /**
     * The shared PostgreSQL server.
     *
     * @throws TestAbortedException with the reason if it cannot be started; {@link NotRun} reports the test
     */
    public static PostgresServer postgres() {
        return POSTGRES.get();
    }

    /**
     * The shared MySQL server.
     *
     * @throws TestAbortedException with the reason if it cannot be started; {@link NotRun} reports the test
     */
    public static MySqlServer mysql() {
        return MYSQL.get();
    }

    /**
     * The shared MariaDB server.
     *
     * @throws TestAbortedException with the reason if it cannot be started; {@link NotRun} reports the test
     */
    public static MySqlServer mariadb() {
        return MARIADB.get();
    }

    /**
     * The shared Kafka broker.
     *
     * @throws TestAbortedException with the reason if it cannot be started; {@link NotRun} reports the test
     */
    public static KafkaServer kafka() {
        return KAFKA.get();
    }

    /**
     * A Redis server of the caller's own, who may stop it: another one costs a tenth of a second.
     *
     * @throws TestAbortedException with the reason if it cannot be started; {@link NotRun} reports the test
     */
    public static RedisServer ownRedis() {
        return new SharedServer<>(RedisServer::start).get();
    }
}
