package dev.outbox.relay;

import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.spi.SendException;
import dev.outbox.test.TestDatabase;
import dev.outbox.test.TestSize;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** Many events that the broker refuses, among others. */
@ParameterizedClass
@MethodSource("dev.outbox.test.TestDatabase#forLongTests")
@Timeout(120)
class PoisonIntegrationTest {
    private static final int GOOD = 1_000;

    /** So few that a lane has more poison than a batch takes. */
    private static final int LANES = 4;

    private final Logger quarantineLog = (Logger) LoggerFactory.getLogger(LaneRun.class);
    private final Broker broker = new Broker();
    private final Outbox outbox;
    private final Relay relay;
    private final int poison;

    PoisonIntegrationTest(TestDatabase database) {
        poison = database == TestDatabase.POSTGRESQL ? TestSize.of(3_000, 10_000) : 3_000;
        quarantineLog.setLevel(Level.OFF); // a line for each
        outbox = new Outbox(database.createSchema("poison"));
        outbox.jdbc
                .sql("DELETE FROM outbox_lanes WHERE lane >= :lanes")
                .param("lanes", LANES)
                .update();
        relay = outbox.relay(
                broker,
                (event, error) -> {},
                QuickRelay.SETTINGS.attempts(Integer.MAX_VALUE).settings(),
                "test");
    }

    @AfterEach
    void stop() {
        relay.stop();
        quarantineLog.setLevel(null);
    }

    /** It is tried again and again as long as there are others. */
    @Test
    void thousands_of_poison_events_do_not_starve_the_others() {
        refusePoison(SendException.ofEvent(new IllegalStateException("not yet")));
        publish("Poison", poison);
        relay.start();
        await().until(() -> count("Poison", EventStatus.RETRYING) > 0);
        publish("Good", GOOD);
        await().atMost(Duration.ofSeconds(30)).until(() -> count("Good", EventStatus.PUBLISHED) == GOOD);
        refusePoison(SendException.ofEventForGood(new IllegalStateException("never")));
        await().atMost(Duration.ofSeconds(30)).until(() -> count("Poison", EventStatus.QUARANTINED) == poison);
    }

    private void refusePoison(SendException reason) {
        broker.answer(event ->
                event.eventType().equals("Poison") ? CompletableFuture.failedFuture(reason) : Broker.acknowledged());
    }

    private void publish(String eventType, int events) {
        TransactionalOutboxPublisher publisher = outbox.publisher(relay::nudge);
        for (int first = 0; first < events; first += 500) {
            int from = first;
            outbox.inTransaction(() -> {
                for (int i = from; i < from + 500; i++) {
                    publisher.publish(OutboxMessage.of("Order", eventType + i, eventType, ""));
                }
                return true;
            });
        }
    }

    private long count(String eventType, EventStatus status) {
        return outbox.jdbc
                .sql("SELECT count(*) FROM outbox_events WHERE event_type = :eventType AND status = :status")
                .param("eventType", eventType)
                .param("status", status.name())
                .query(Long.class)
                .single();
    }
}
