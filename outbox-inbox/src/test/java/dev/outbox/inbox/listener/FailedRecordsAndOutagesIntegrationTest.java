package dev.outbox.inbox.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.outbox.MissingEncryptionKeyException;
import dev.outbox.inbox.FailedEventPolicy;
import dev.outbox.inbox.FailureClassifier.Meaning;
import dev.outbox.inbox.RedriveResult;
import dev.outbox.inbox.store.InboxStore;
import dev.outbox.store.OutboxTables;
import dev.outbox.test.DatabaseSchema;
import dev.outbox.test.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What becomes of failed records when the application dies in between, or what they need is missing. */
class FailedRecordsAndOutagesIntegrationTest extends FailingListener {
    @Test
    void a_crash_between_the_copy_and_the_row_leaves_a_copy_that_nobody_reads() {
        createDeadLetterTopic();
        failing.add(1);
        application
                .jdbc
                .sql("ALTER TABLE inbox_dead_letters RENAME TO elsewhere")
                .update();
        application.start(FailedEventPolicy.HOLD_KEY);
        application.publish("1", 1);
        application.publish("1", 2);
        await().until(() -> !application.copies().isEmpty());
        application.stop();
        int left = application.copies().size();
        assertThat(handled()).isEmpty();
        application
                .jdbc
                .sql("ALTER TABLE elsewhere RENAME TO inbox_dead_letters")
                .update();

        application.start(FailedEventPolicy.HOLD_KEY);
        awaitListed(2);
        assertThat(application.copies()).hasSize(left + 2);
        failing.clear();
        assertThat(application.deadLetters.redrive(ALL, 10, WHY).handled()).isEqualTo(2);
        assertThat(handled()).containsExactly(1, 2);
    }

    @Test
    void a_crash_between_the_row_and_the_offset_brings_them_again_and_enters_nothing_twice() throws Exception {
        createDeadLetterTopic();
        failing.add(1);
        application.start(FailedEventPolicy.HOLD_KEY);
        application.publish("1", 1);
        application.publish("1", 2);
        await().until(application::isThrough);
        application.stop();
        int before = application.deliveries.get();
        application.rewind();

        application.start(FailedEventPolicy.HOLD_KEY);
        await().until(() -> application.deliveries.get() == before + 2);
        await().until(application::isThrough);
        assertThat(application.copies()).hasSize(2);
        assertThat(application.listed()).isEqualTo(2);
        failing.clear();
        assertThat(application.deadLetters.redrive(ALL, 10, WHY).handled()).isEqualTo(2);
        assertThat(handled()).containsExactly(1, 2);
    }

    @Test
    void what_was_redriven_before_it_comes_again_is_a_duplicate() throws Exception {
        createDeadLetterTopic();
        failing.add(1);
        application.start(FailedEventPolicy.HOLD_KEY);
        application.publish("1", 1);
        application.publish("1", 2);
        await().until(application::isThrough);
        application.stop();
        failing.clear();
        assertThat(application.deadLetters.redrive(ALL, 10, WHY).handled()).isEqualTo(2);
        application.rewind();
        application.start(FailedEventPolicy.HOLD_KEY);
        application.publish("1", 3);
        await().until(() -> handled().size() >= 3);
        assertThat(handled()).containsExactly(1, 2, 3);
        assertThat(application.listed()).isZero();
    }

    @Test
    void without_a_dead_letter_topic_nothing_is_lost_and_the_log_says_what_to_do() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(FailedRecords.class);
        log.start();
        logger.addAppender(log);
        try {
            failing.add(1);
            application.start(FailedEventPolicy.HOLD_KEY);
            application.publish("1", 1);
            application.publish("1", 2);
            String sentence =
                    "The record at offset 0 of %1$s-0 fails and cannot be copied to the dead-letter topic %1$s.DLT, so it is tried again and its partition waits: there is no such topic. Create %1$s.DLT with as many partitions as %1$s."
                            .formatted(topic);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> List.copyOf(log.list).stream()
                            .anyMatch(event -> event.getFormattedMessage().equals(sentence)));
            assertThat(handled()).isEmpty();
            assertThat(application.listed()).isZero();
            createDeadLetterTopic();
            awaitListed(2);
            failing.clear();
            assertThat(application.deadLetters.redrive(ALL, 10, WHY).handled()).isEqualTo(2);
            assertThat(handled()).containsExactly(1, 2);
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void a_copy_that_is_gone_is_said_and_its_dead_letter_stays() throws Exception {
        createDeadLetterTopic();
        failing.add(1);
        application.start(FailedEventPolicy.HOLD_KEY);
        UUID id = application.publish("1", 1);
        awaitListed(1);
        try (Admin admin = Admin.create(ListeningApplication.kafka())) {
            admin.deleteTopics(List.of(topic + ".DLT")).all().get();
        }
        await().untilAsserted(this::createDeadLetterTopic);
        RedriveResult result = application.deadLetters.redrive(ALL, 10, WHY);
        assertThat(result.failed())
                .singleElement()
                .satisfies(failed -> assertThat(failed.error())
                        .isEqualTo(
                                "The copy of event %1$s (OrderPlaced of Order 1, %2$s-0@0) for notification is not at %2$s.DLT-0@0 any more: its topic does not keep records for long enough, or was made anew."
                                                .formatted(id, topic)
                                        + " Discard the dead letter, and publish the event again if it is needed."));
        assertThat(application.listed()).isEqualTo(1);
    }

    @Test
    void a_missing_key_is_waited_for() {
        createDeadLetterTopic();
        AtomicInteger missing = new AtomicInteger(10);
        try (ListeningApplication waiting = new ListeningApplication(tables, topic, message -> {
            if (missing.getAndDecrement() > 0)
                throw new MissingEncryptionKeyException("The key 'a' is missing.", "a", null);
        })) {
            waiting.start(FailedEventPolicy.HOLD_KEY);
            waiting.publish("1", 1);
            await().until(() -> handled().equals(List.of(1)));
            assertThat(waiting.copies()).isEmpty();
        }
    }

    @Test
    void what_the_application_calls_an_outage_is_waited_for_and_what_it_gives_up_is_put_aside_at_once() {
        createDeadLetterTopic();
        failing.addAll(List.of(1, 2));
        application.classify(
                failure -> String.valueOf(failure.getMessage()).endsWith(" 2") ? Meaning.PUT_ASIDE : Meaning.OUTAGE);
        application.start(FailedEventPolicy.CONTINUE);
        application.publish("1", 1);
        application.publish("1", 2);
        application.publish("1", 3);
        await().until(() -> handlings.get() > 2 * ListeningApplication.QUICK.maxAttempts());
        assertThat(application.copies()).isEmpty();
        failing.remove(1);
        await().until(() -> handled().equals(List.of(1, 3)));
        assertThat(application.deadLetters.list(ALL, 0, 10))
                .singleElement()
                .satisfies(letter -> assertThat(letter.attempts()).isEqualTo(1));
    }

    @Test
    void an_outage_of_the_database_puts_nothing_aside() {
        createDeadLetterTopic();
        try (PostgresServer server = PostgresServer.start()) {
            DatabaseSchema schema = server.createSchema("inbox");
            OutboxTables itsTables = new OutboxTables(
                    new DriverManagerDataSource(schema.jdbcUrl(), schema.username(), schema.password()),
                    null,
                    InboxStore.DEFAULT_PREFIX);
            InboxStore.schema(itsTables).install();
            try (ListeningApplication concerned = new ListeningApplication(itsTables, topic, this::fail)) {
                concerned.start(FailedEventPolicy.HOLD_KEY);
                concerned.publish("1", 1);
                await().until(() -> concerned.handled("1").equals(List.of(1)));
                server.kill();
                int before = concerned.deliveries.get();
                concerned.publish("1", 2);
                concerned.publish("1", 3);
                await().until(() -> concerned.deliveries.get() > before + 2 * ListeningApplication.QUICK.maxAttempts());
                server.restart();
                await().until(() -> concerned.handled("1").equals(List.of(1, 2, 3)));
                assertThat(concerned.copies()).isEmpty();
                assertThat(concerned.listed()).isZero();
            }
        }
    }
}
