package dev.outbox.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxOperations;
import dev.outbox.OutboxPublisher;
import dev.outbox.spi.AccessControl;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.SentPosition;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

@ExtendWith(OutputCaptureExtension.class)
class RelayDataSourceIntegrationTest {
    private final PostgresSchema schema = TestServers.postgres().createSchema("relay_pool");
    private final ApplicationContextRunner application = new ApplicationContextRunner()
            .withBean(AccessControl.class, () -> AccessControl.allowAll("a test"))
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    OutboxFormatAutoConfiguration.class,
                    OutboxAutoConfiguration.class,
                    OutboxRelayAutoConfiguration.class))
            .withBean(
                    EventSender.class,
                    () -> event -> CompletableFuture.completedFuture(new SentPosition(event.topic(), 0, 0)))
            .withPropertyValues(
                    "spring.datasource.url=" + schema.jdbcUrl(),
                    "spring.datasource.username=" + schema.username(),
                    "spring.datasource.password=" + schema.password(),
                    "outbox.schema.initialize=true");

    /** Remembers which threads have asked for a connection. */
    private static final class Watched extends DelegatingDataSource {
        private final Set<String> threads = ConcurrentHashMap.newKeySet();

        Watched(Environment environment) {
            super(new DriverManagerDataSource(
                    environment.getRequiredProperty("spring.datasource.url"),
                    environment.getRequiredProperty("spring.datasource.username"),
                    environment.getRequiredProperty("spring.datasource.password")));
        }

        @Override
        public Connection getConnection() throws SQLException {
            threads.add(Thread.currentThread().getName());
            return super.getConnection();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoDataSources {
        @Bean
        Watched applicationDataSource(Environment environment) {
            return new Watched(environment);
        }

        @Bean(defaultCandidate = false)
        @OutboxRelayDataSource
        Watched relayDataSource(Environment environment) {
            return new Watched(environment);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnPool {
        @Bean(defaultCandidate = false)
        @OutboxRelayDataSource
        HikariDataSource relayDataSource(DataSourceProperties application, @Value("${orders.relay-pool:2}") int size) {
            HikariDataSource pool = application
                    .initializeDataSourceBuilder()
                    .type(HikariDataSource.class)
                    .build();
            pool.setMaximumPoolSize(size);
            return pool;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Elsewhere {
        @Bean(defaultCandidate = false)
        @OutboxRelayDataSource
        HikariDataSource relayDataSource(DataSourceProperties application, @Value("${elsewhere.url}") String url) {
            return application
                    .initializeDataSourceBuilder()
                    .type(HikariDataSource.class)
                    .url(url)
                    .build();
        }
    }

    @Test
    void the_relay_uses_a_data_source_of_its_own_and_leaves_the_applications_alone() {
        application.withUserConfiguration(TwoDataSources.class).run(context -> {
            anEventIsPublished(context);
            assertThat(context.getBean("relayDataSource", Watched.class).threads)
                    .anyMatch(thread -> thread.startsWith("outbox-relay-"));
            assertThat(context.getBean("applicationDataSource", Watched.class).threads)
                    .isNotEmpty()
                    .noneMatch(thread -> thread.startsWith("outbox-relay"));
        });
    }

    @Test
    void operators_use_it_as_well() {
        application.withUserConfiguration(TwoDataSources.class).run(context -> {
            Watched relays = context.getBean("relayDataSource", Watched.class);
            Watched applications = context.getBean("applicationDataSource", Watched.class);
            relays.threads.clear();
            applications.threads.clear();
            assertThat(context.getBean(OutboxOperations.class).find(UUID.randomUUID()))
                    .isEmpty();
            assertThat(relays.threads).contains(Thread.currentThread().getName());
            assertThat(applications.threads)
                    .doesNotContain(Thread.currentThread().getName());
        });
    }

    @Test
    void a_data_source_of_its_own_that_leads_elsewhere_stops_the_start() {
        PostgresSchema elsewhere = TestServers.postgres().createSchema("elsewhere");
        application
                .withUserConfiguration(Elsewhere.class)
                .withPropertyValues("elsewhere.url=" + elsewhere.jdbcUrl())
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(
                                "The table outbox_schema is missing in schema '" + elsewhere.name() + "'"));
    }

    @Test
    void the_page_shows_the_bean_that_is_used_here() throws Exception {
        String source = Files.readString(Path.of("src/test/java/dev/outbox/boot/RelayDataSourceIntegrationTest.java"));
        String ownPool = source.substring(source.indexOf("class OwnPool {\n") + "class OwnPool {\n".length());
        String bean = ownPool.substring(0, ownPool.indexOf("\n    }\n")).stripIndent();
        assertThat(Files.readString(Path.of("../docs/configuration.md"))).contains("```java\n" + bean + "\n```");
    }

    @ParameterizedTest
    @CsvSource({"3, 2", "1, 3"})
    void a_shared_pool_that_leaves_the_application_no_connection_is_warned_of(
            int size, int workers, CapturedOutput output) {
        started(application, size, workers);
        assertThat(output)
                .contains(
                        "The connection pool has %d connections, and %d workers of the outbox relay and a replay take up to %d, so they can leave the application none,"
                                        .formatted(size, workers, workers + 1)
                                + " and requests wait or fail: raise spring.datasource.hikari.maximum-pool-size to more than %d, or lower outbox.relay.workers."
                                        .formatted(workers + 1));
    }

    @Test
    void an_own_pool_with_fewer_connections_than_workers_is_warned_of(CapturedOutput output) {
        started(application.withUserConfiguration(OwnPool.class).withPropertyValues("orders.relay-pool=1"), 1, 3);
        assertThat(output)
                .contains(
                        "The outbox relay's own connection pool has 1 connections for 3 workers, so 2 of them can only"
                                + " wait for the others: raise its maximum-pool-size to 3, or lower outbox.relay.workers to 1.")
                .doesNotContain("The connection pool has");
    }

    @Test
    void pools_that_suffice_are_not_mentioned(CapturedOutput output) {
        started(application, 4, 2);
        started(application.withUserConfiguration(OwnPool.class).withPropertyValues("orders.relay-pool=2"), 1, 2);
        assertThat(output).doesNotContain("WARN");
    }

    @Test
    void without_springs_knowledge_of_pools_nothing_is_checked(CapturedOutput output) {
        started(application.withClassLoader(new FilteredClassLoader("org.springframework.boot.jdbc.metadata")), 1, 2);
        assertThat(output).doesNotContain("WARN");
    }

    private static void started(ApplicationContextRunner application, int size, int workers) {
        application
                .withPropertyValues(
                        "spring.datasource.hikari.maximum-pool-size=" + size, "outbox.relay.workers=" + workers)
                .run(context -> assertThat(context).hasNotFailed());
    }

    private static void anEventIsPublished(ApplicationContext context) {
        UUID event = Objects.requireNonNull(new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .execute(status -> context.getBean(OutboxPublisher.class)
                        .publish(OutboxMessage.of("Order", "1", "OrderPlaced", "body"))));
        OutboxOperations operations = context.getBean(OutboxOperations.class);
        await().until(() -> operations.find(event).orElseThrow().status() == EventStatus.PUBLISHED);
    }
}
