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
 * A consumer in a JVM of its own, which dies when it has done its work and before the offset is committed.
 *
 * <p>Arguments: properties of the application, among them {@code taking}, a {@link Taking}, and {@code die-at}: after which work it dies; 0 for never.
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
    static final String LAST_WORDS = "done, and dies";

    /** How it takes its events. */
    enum Taking {
        BATCHES,
        RECORDS,
        WITHOUT_TRANSACTION
    }

    public static void main(String[] properties) {
        SpringApplication.run(ConsumerProcess.class, properties);
    }

    @Bean
    Object listener(DataSource dataSource, @Value("${taking}") Taking taking, @Value("${die-at}") int dieAt) {
        Work work = new Work(new JdbcTemplate(dataSource), dieAt);
        return switch (taking) {
            case BATCHES -> new Batches(work);
            case RECORDS -> new Records(work);
            case WITHOUT_TRANSACTION -> new WithoutTransaction(work);
        };
    }

    record Batches(Work work) {
        @KafkaListener(topics = "${topic}", batch = "true")
        @Inbox("killed")
        void on(List<InboxMessage> events) {
            work.inTransaction(events);
        }
    }

    record Records(Work work) {
        @KafkaListener(topics = "${topic}")
        @Inbox("killed")
        void on(InboxMessage event) {
            work.inTransaction(List.of(event));
        }
    }

    record WithoutTransaction(Work work) {
        @KafkaListener(topics = "${topic}")
        @Inbox(value = "killed", transaction = false)
        void on(InboxMessage event) {
            work.onItsOwn(event);
        }
    }

    static final class Work {
        private final JdbcTemplate jdbc;
        private final int dieAt;
        private final AtomicInteger done = new AtomicInteger();

        Work(JdbcTemplate jdbc, int dieAt) {
            this.jdbc = jdbc;
            this.dieAt = dieAt;
        }

        void inTransaction(List<InboxMessage> events) {
            for (InboxMessage event : events) take(event);
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    done();
                }
            });
        }

        void onItsOwn(InboxMessage event) {
            take(event);
            done();
        }

        private void take(InboxMessage event) {
            jdbc.update("INSERT INTO taken VALUES (?)", event.eventId());
        }

        private void done() {
            if (done.incrementAndGet() != dieAt) return;
            System.out.println(LAST_WORDS);
            Runtime.getRuntime().halt(1);
        }
    }
}
