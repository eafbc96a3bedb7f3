package dev.outbox.kafka;

import dev.outbox.OutboxMessage;
import dev.outbox.relay.Relay;
import dev.outbox.relay.RelaySettings;
import dev.outbox.spi.EventSender;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * An application in a JVM of its own, to be killed: publishes as many events as it is told to, relays, and runs until it is ended.
 *
 * <p>Arguments: JDBC URL, user, password, Kafka's bootstrap servers, topic, number of events to publish, and {@code hold} to stop at the
 * moment between commit and send.
 */
final class RelayProcess {
    static final Duration LEASE = Duration.ofSeconds(4);

    public static void main(String[] arguments) throws InterruptedException {
        Outbox outbox = new Outbox(new DriverManagerDataSource(arguments[0], arguments[1], arguments[2]));
        RelaySettings settings = QuickRelay.SETTINGS
                .batch(200)
                .lease(LEASE)
                .send(Duration.ofSeconds(2))
                .settings();
        EventSender kafka = KafkaEventSender.create(
                Map.of("bootstrap.servers", arguments[3]), settings.timeouts().send(), "/test");
        EventSender sender = arguments[6].equals("hold") ? event -> hold() : kafka;
        Relay relay = outbox.relay(
                sender,
                (event, error) -> {},
                settings,
                "process " + ProcessHandle.current().pid());
        Runtime.getRuntime().addShutdownHook(new Thread(relay::stop));
        relay.start();
        for (int i = 0; i < Integer.parseInt(arguments[5]); i++) {
            int number = i;
            outbox.inTransaction(() -> outbox.publisher(relay::nudge)
                    .publish(OutboxMessage.of("Order", "order " + number % 3, "E", "")
                            .topic(arguments[4])));
        }
        System.out.println("committed");
        Thread.currentThread().join();
    }

    private static CompletableFuture<dev.outbox.spi.SentPosition> hold() {
        System.out.println("about to send");
        return new CompletableFuture<>();
    }

    private RelayProcess() {}
}
