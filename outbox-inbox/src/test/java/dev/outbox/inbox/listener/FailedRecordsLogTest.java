package dev.outbox.inbox.listener;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.outbox.inbox.FailedEventPolicy;
import dev.outbox.inbox.deadletter.Classifiers;
import dev.outbox.inbox.deadletter.DeadLetterTopic;
import dev.outbox.inbox.deadletter.Diversion;
import dev.outbox.inbox.deadletter.InboxDatabase;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** Which event a line about a failing record is about. */
class FailedRecordsLogTest {
    private final UUID event = UUID.randomUUID();
    private final FailedRecords failed = new FailedRecords(
            FailedEventPolicy.HOLD_KEY,
            RecordRetries.DEFAULT,
            Classifiers.NONE,
            new Diversion(
                    "notification",
                    InboxDatabase.H2.createTables(),
                    new DeadLetterTopic(Map.of(), DeadLetterTopic.DEFAULT_PATTERN)),
            new WaitingRecords());
    private final Logger log = (Logger) LoggerFactory.getLogger(FailedRecords.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent line) {
            line.prepareForDeferredProcessing(); // or it takes the MDC of whoever asks for it first
            super.append(line);
        }
    };

    @BeforeEach
    void listen() {
        logged.start();
        log.addAppender(logged);
        log.setAdditive(false);
    }

    @AfterEach
    void stop() {
        log.detachAppender(logged);
        log.setAdditive(true);
    }

    @Test
    void a_failing_event_is_named_and_the_thread_is_as_before() {
        IllegalStateException failure = new IllegalStateException("not now");
        failed.failedDelivery(record(event.toString()), failure, 1);
        failed.recoveryFailed(record(event.toString()), failure, failure);
        assertThat(logged.list)
                .extracting(ILoggingEvent::getMDCPropertyMap)
                .containsExactlyElementsOf(List.of(names(), names()));
        assertThat(MDC.get("eventId")).isNull();
    }

    private Map<String, String> names() {
        return Map.of("eventId", event.toString(), "aggregateId", "1", "requestId", "r-1");
    }

    @Test
    void a_record_that_is_no_event_has_no_name() {
        failed.failedDelivery(record("anything"), new IllegalStateException("not now"), 1);
        failed.failedDelivery(
                new ConsumerRecord<>("orders", 2, 5, "1", new byte[0]), new IllegalStateException("not now"), 1);
        assertThat(logged.list)
                .extracting(ILoggingEvent::getMDCPropertyMap)
                .containsExactlyElementsOf(List.of(Map.of(), Map.of()));
    }

    private static ConsumerRecord<String, byte[]> record(String eventId) {
        ConsumerRecord<String, byte[]> record = new ConsumerRecord<>("orders", 2, 5, "1", new byte[0]);
        record.headers()
                .add("ce_id", eventId.getBytes(UTF_8))
                .add("ce_subject", "1".getBytes(UTF_8))
                .add("requestid", "r-1".getBytes(UTF_8));
        return record;
    }
}
