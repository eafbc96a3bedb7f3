package dev.outbox.boot;

import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxMessage;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A consumer in a JVM of its own, which dies between the commit of its own transaction and that of the offset.
 *
 * <p>Arguments: properties of the application, among them {@code topic} and {@code die-at}: after which commit it dies; 0 for never.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({
    DataSourceAutoConfiguration.class,
    DataSourceTransactionManagerAutoConfiguration.class,
    KafkaAutoConfiguration.class,
    OutboxFormatAutoConfiguration.class,
    OutboxInboxAutoConfiguration.class,
    OutboxInboxListenerAutoConfiguration.class
})
class ConsumerProcess {
    static final String LAST_WORDS = "committed, and dies";

    public static void main(String[] properties) {
        SpringApplication.run(ConsumerProcess.class, properties);
    }

    @Bean
    Listener listener(DataSource dataSource, @Value("${die-at}") int dieAt) {
        return new Listener(new JdbcTemplate(dataSource), dieAt);
    }

    static final class Listener {
        private final JdbcTemplate jdbc;
        private final int dieAt;
        private final AtomicInteger commits = new AtomicInteger();

        Listener(JdbcTemplate jdbc, int dieAt) {
            this.jdbc = jdbc;
            this.dieAt = dieAt;
        }

        @KafkaListener(topics = "${topic}", batch = "true")
        @Inbox("killed")
        void on(List<InboxMessage> events) {
            for (InboxMessage event : events) jdbc.update("INSERT INTO taken VALUES (?)", event.eventId());
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    if (commits.incrementAndGet() != dieAt) return;
                    System.out.println(LAST_WORDS);
                    Runtime.getRuntime().halt(1);
                }
            });
        }
    }
}
