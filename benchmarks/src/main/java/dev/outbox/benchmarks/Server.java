package dev.outbox.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.DatabaseServer;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;

/** A server of its own for the measurements. */
final class Server implements AutoCloseable {
    private static final int CONNECTIONS = 10;

    final Product product;
    final Upkeep upkeep;
    private final DatabaseServer<?> running;
    private final Map<String, String> connection;

    private Server(Product product, Map<String, String> connection) {
        this.product = product;
        this.connection = connection;
        this.running = product.start();
        this.upkeep = product.upkeep(running);
    }

    static Server start(Product product) {
        return new Server(product, Map.of());
    }

    /** With properties of the driver. */
    static Server start(Product product, Map<String, String> connection) {
        return new Server(product, connection);
    }

    DatabaseSchema createSchema() {
        return running.createSchema("benchmark");
    }

    /** Connections as an application has them that leaves their settings alone. */
    HikariDataSource connect(DatabaseSchema schema) {
        return new HikariDataSource(pool(schema));
    }

    /** Connections as a relay should have them. */
    HikariDataSource connectReadCommitted(DatabaseSchema schema) {
        HikariConfig pool = pool(schema);
        pool.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        return new HikariDataSource(pool);
    }

    private HikariConfig pool(DatabaseSchema schema) {
        HikariConfig pool = new HikariConfig();
        pool.setJdbcUrl(schema.jdbcUrl());
        pool.setUsername(schema.username());
        pool.setPassword(schema.password());
        pool.setMaximumPoolSize(CONNECTIONS);
        connection.forEach(pool::addDataSourceProperty);
        return pool;
    }

    void drop(DatabaseSchema schema, JdbcTemplate jdbc) {
        jdbc.execute(product.drop(schema.name()));
    }

    @Override
    public void close() {
        running.close();
    }
}
