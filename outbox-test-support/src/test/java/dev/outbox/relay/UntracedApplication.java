package dev.outbox.relay;

import static org.awaitility.Awaitility.await;

import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.h2.Driver;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/** Publishes and sends an event; run by {@link WithoutTracingTest} on a class path of its own. */
final class UntracedApplication implements Callable<String> {
    /** The headers with which the event was sent. */
    @Override
    public String call() {
        Outbox outbox = new Outbox(new SimpleDriverDataSource(
                new Driver(), "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", ""));
        StringBuffer headers = new StringBuffer();
        Relay relay = outbox.relay(
                event -> {
                    headers.append(event.headers());
                    return Broker.acknowledged();
                },
                (event, error) -> {},
                QuickRelay.SETTINGS.settings(),
                "test");
        UUID event = outbox.inTransaction(() -> outbox.publisher(relay::nudge)
                .publish(OutboxMessage.of("Order", "4711", "OrderPlaced", "").header("traceparent", "own")));
        relay.start();
        try {
            await().until(() -> outbox.events.find(event).orElseThrow().status() == EventStatus.PUBLISHED);
        } finally {
            relay.stop();
        }
        return headers.toString();
    }
}
