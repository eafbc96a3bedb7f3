package dev.outbox.benchmarks;

import dev.outbox.test.DatabaseOptions;
import dev.outbox.test.DatabaseServer;
import dev.outbox.test.MySqlFlavour;
import dev.outbox.test.MySqlServer;
import dev.outbox.test.PostgresServer;

/** The databases, and what of the measurements has to be said to each in its own words. */
enum Product {
    POSTGRESQL("") {
        @Override
        DatabaseServer<?> start() {
            return PostgresServer.start(
                    DURABLE.withSetting("shared_buffers", "512MB").withSetting("max_wal_size", "4GB"));
        }

        @Override
        String newId() {
            return """
                    (lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
                     || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid""";
        }

        @Override
        String naiveIndex() {
            return "CREATE INDEX naive ON outbox_events (seq) WHERE status = 'PENDING'";
        }

        @Override
        String naiveHint() {
            return "";
        }

        @Override
        String drop(String schema) {
            return "DROP SCHEMA %s CASCADE".formatted(schema);
        }

        @Override
        Upkeep upkeep(DatabaseServer<?> server) {
            return new PostgresUpkeep();
        }
    },

    MYSQL("mysql_") {
        @Override
        DatabaseServer<?> start() {
            return MySqlServer.start(
                    LARGE.withSetting("innodb_redo_log_capacity", "1G").withSetting("performance_schema", "ON"));
        }
    },

    MARIADB("mariadb_") {
        @Override
        DatabaseServer<?> start() {
            return MySqlServer.start(MySqlFlavour.MARIADB, LARGE.withSetting("innodb_log_file_size", "1G"));
        }
    };

    private static final DatabaseOptions DURABLE = DatabaseOptions.temporary().withDurable(true);
    private static final DatabaseOptions LARGE = DURABLE.withSetting("innodb_buffer_pool_size", "512M");

    /** Before the names of its results. */
    final String prefix;

    Product(String prefix) {
        this.prefix = prefix;
    }

    /** A server with the durability that it has as it comes, and memory for the backlog. */
    abstract DatabaseServer<?> start();

    /** An expression for an event id like those of the library: time first, then what is random, anew for each row. */
    String newId() {
        return """
                concat(unhex(lpad(hex(cast(unix_timestamp(sysdate(3)) * 1000 AS unsigned)), 12, '0')),
                       unhex(concat('7', substr(hex(random_bytes(2)), 2))), unhex(concat('8', substr(hex(random_bytes(8)), 2))))""";
    }

    /** The index of a relay that takes one pending event after the other. */
    String naiveIndex() {
        return "CREATE INDEX naive ON outbox_events (status, seq)";
    }

    /** Without it MySQL goes along the primary key, past all that is published. */
    String naiveHint() {
        return "FORCE INDEX (naive)";
    }

    String drop(String schema) {
        return "DROP DATABASE " + schema;
    }

    Upkeep upkeep(DatabaseServer<?> server) {
        return new InnoDbUpkeep(server);
    }
}
