package dev.outbox.boot;

import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.spi.EventSender;
import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import dev.outbox.test.DatabaseSchema;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** An application that looks at its table of events ten times a second. */
final class SampledOutbox {
    /** Answers by event type. */
    static final EventSender SENDER = event -> switch (event.eventType()) {
        case "Refused" ->
            CompletableFuture.failedFuture(SendException.ofEventForGood(new IllegalStateException("refused")));
        case "NotNow" -> CompletableFuture.failedFuture(SendException.ofTopic(new IllegalStateException("not now")));
        default -> CompletableFuture.completedFuture(new SentPosition(event.topic(), 0, 0));
    };

    private SampledOutbox() {}

    /** Without anything to send with. */
    static ApplicationContextRunner on(DatabaseSchema schema) {
        return on(schema.jdbcUrl(), schema.username(), schema.password());
    }

    static ApplicationContextRunner on(String jdbcUrl, String username, String password) {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceTransactionManagerAutoConfiguration.class,
                        OutboxFormatAutoConfiguration.class,
                        OutboxAutoConfiguration.class,
                        OutboxRelayAutoConfiguration.class,
                        OutboxMetricsAutoConfiguration.class))
                .withPropertyValues(
                        "spring.datasource.url=" + jdbcUrl,
                        "spring.datasource.username=" + username,
                        "spring.datasource.password=" + password,
                        "spring.datasource.hikari.connection-timeout=500",
                        "outbox.schema.initialize=true",
                        "outbox.metrics.interval=100ms");
    }

    static UUID publish(ApplicationContext context, String key, String eventType) {
        OutboxPublisher publisher = context.getBean(OutboxPublisher.class);
        UUID id = new TransactionTemplate(context.getBean(PlatformTransactionManager.class))
                .execute(status -> publisher.publish(
                        OutboxMessage.of("Order", key, eventType, "").topic("t")));
        return Objects.requireNonNull(id);
    }
}
