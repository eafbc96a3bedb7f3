package dev.outbox.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxConfigurationException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseTest {
    @ParameterizedTest
    @CsvSource({
        "PostgreSQL, 13.0, POSTGRESQL",
        "PostgreSQL, 17.4 (Debian 17.4-1.pgdg120+2), POSTGRESQL",
        "MySQL, 8.0.17, MYSQL",
        "MySQL, 9.1.0-commercial, MYSQL",
        "MySQL, 5.5.5-10.6.12-MariaDB-log, MARIADB",
        "MariaDB, 11.4.5-MariaDB, MARIADB",
        "MariaDB, 10.11.6-MariaDB-1:10.11.6+maria~ubu2204, MARIADB",
        "H2, 2.4.240 (2025-09-22), H2",
    })
    void a_product_is_known_by_its_name_and_version(String product, String version, Database database) {
        assertThat(Database.of(server(product, version))).isEqualTo(database);
    }

    @ParameterizedTest
    @CsvSource({
        "PostgreSQL, 12.22, PostgreSQL 13",
        "MySQL, 8.0.16, MySQL 8.0.17",
        "MySQL, 5.7.44-log, MySQL 8.0.17",
        "MySQL, 5.5.5-10.5.9-MariaDB, MariaDB 10.6",
        "H2, 1.4.200 (2019-10-14), H2 2.2",
    })
    void a_version_that_is_too_old_is_refused_with_the_one_that_is_needed(
            String product, String version, String needed) {
        assertThatThrownBy(() -> Database.of(server(product, version)))
                .isInstanceOf(OutboxConfigurationException.class)
                .hasMessage(
                        "The outbox needs %s or later, but jdbc:some://db/shop is version %s. Update the database server."
                                .formatted(needed, version));
    }

    private static DataSource server(String product, String version) {
        DatabaseMetaData metaData = answering(
                DatabaseMetaData.class,
                Map.of(
                        "getDatabaseProductName", product,
                        "getDatabaseProductVersion", version,
                        "getURL", "jdbc:some://db/shop?password=s3cr3t"));
        Connection connection = answering(Connection.class, Map.of("getMetaData", metaData, "close", "nothing"));
        return answering(DataSource.class, Map.of("getConnection", connection));
    }

    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object answer = answers.get(method.getName());
                    if (answer == null) throw new UnsupportedOperationException(method.getName());
                    return method.getReturnType() == void.class ? null : answer;
                }));
    }
}
