package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.outbox.OutboxMessage;
import dev.outbox.spi.SendException;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Which event a line of the relay's log is about. The database does not matter here. */
@Timeout(30)
class RelayLogTest {
    private final Outbox outbox = new Outbox(
            new DriverManagerDataSource("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", ""));
    private final List<Map<String, String>> alerts = new CopyOnWriteArrayList<>();
    private final Broker broker = new Broker();
    private final Relay relay = outbox.relay(
            broker,
            (event, error) -> alerts.add(Map.copyOf(MDC.getCopyOfContextMap())),
            withOneWorker(QuickRelay.SETTINGS.attempts(1).settings()),
            "test");
    private final Logger log = (Logger) LoggerFactory.getLogger("dev.outbox.relay");
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent line) {
            line.prepareForDeferredProcessing(); // or it takes the MDC of whoever asks for it first
            super.append(line);
        }
    };

    /** So that the lines come from one thread. */
    private static RelaySettings withOneWorker(RelaySettings settings) {
        return new RelaySettings(
                1, settings.batch(), settings.polling(), settings.outage(), settings.timeouts(), settings.retries());
    }

    @BeforeEach
    void listen() {
        logged.list = new CopyOnWriteArrayList<>();
        logged.start();
        log.addAppender(logged);
        log.setAdditive(false);
        log.setLevel(Level.INFO);
    }

    @AfterEach
    void stop() {
        relay.stop();
        log.detachAppender(logged);
        log.setAdditive(true);
        log.setLevel(null);
    }

    @Test
    void a_line_about_an_event_names_it_and_the_lines_after_it_do_not() {
        OutboxMessage message =
                OutboxMessage.of("Order", "4711", "OrderPlaced", "").header("requestid", "r-1");
        UUID event = outbox.inTransaction(() -> outbox.publisher(() -> {}).publish(message));
        broker.answer(
                sent -> CompletableFuture.failedFuture(SendException.ofEvent(new IllegalStateException("refused"))));
        relay.start();
        await().until(() -> !alerts.isEmpty());
        broker.answer(sent -> Broker.acknowledged());
        outbox.publish("4712", "the next one");
        await().until(() -> line("over after") != null);
        Map<String, String> names = Map.of("eventId", event.toString(), "aggregateId", "4711", "requestId", "r-1");
        assertThat(line("later events of its key wait")).isEqualTo(names);
        assertThat(line("is in quarantine: ")).isEqualTo(names);
        assertThat(alerts).containsExactly(names);
        assertThat(line("over after")).isEqualTo(Map.of());
    }

    private @Nullable Map<String, String> line(String part) {
        return logged.list.stream()
                .filter(line -> line.getFormattedMessage().contains(part))
                .findFirst()
                .map(ILoggingEvent::getMDCPropertyMap)
                .orElse(null);
    }
}
