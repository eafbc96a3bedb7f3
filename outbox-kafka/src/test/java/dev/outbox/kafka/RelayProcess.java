package dev.outbox.kafka;

import dev.outbox.OutboxMessage;
import dev.outbox.relay.Relay;
import dev.outbox.relay.RelaySettings;
import dev.outbox.test.contract.Outbox;
import dev.outbox.test.contract.QuickRelay;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * An application in a JVM of its own, to be killed or paused: publishes as many events as it is told to, relays, and runs until it is ended.
 *
 * <p>Arguments: JDBC URL, user, password, Kafka's bootstrap servers, topic, number of events to publish, and {@code send}, or the {@link Step} at
 * which its relay halts until the process was paused and has woken; then, if there is one, the dead-letter topic.
 */
final class RelayProcess {
    static final Duration LEASE = Duration.ofSeconds(4);
    static final Duration SEND = Duration.ofSeconds(2);
    static final int BATCH = 200;

    /** How many events are acknowledged when it halts in the middle of a wave. */
    static final int MID_WAVE = 13;

    private static final Duration PAUSE = Duration.ofSeconds(2);

    private final String haltAt;

    private RelayProcess(String haltAt) {
        this.haltAt = haltAt;
    }

    public static void main(String[] arguments) throws InterruptedException {
        RelayProcess process = new RelayProcess(arguments[6]);
        Outbox plain = new Outbox(new SteppedDataSource(
                new DriverManagerDataSource(arguments[0], arguments[1], arguments[2]), process::at));
        Outbox outbox = arguments.length > 7 ? plain.withDeadLetters(arguments[7]) : plain;
        Relay relay = outbox.relay(
                new SteppedSender(warmSender(arguments[3], arguments[4]), MID_WAVE, process::at),
                (event, error) -> {},
                process.settings(),
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

    /** One that halts has a single worker, so that no other one takes its lane when the lease ends. */
    private RelaySettings settings() {
        QuickRelay quick = QuickRelay.SETTINGS.batch(BATCH).lease(LEASE).send(SEND);
        return (haltAt.equals("send") ? quick : quick.workers(1)).settings();
    }

    /** A young JVM takes a while to connect; the first wave is not to time out for that. */
    private static KafkaEventSender warmSender(String bootstrapServers, String topic) {
        var producer = new KafkaProducer<byte[], byte[]>(
                KafkaEventSender.settings(Map.of("bootstrap.servers", bootstrapServers), Duration.ofSeconds(30)));
        producer.partitionsFor(topic);
        return new KafkaEventSender(() -> producer, "/test");
    }

    private void at(Step step) {
        if (!step.name().equals(haltAt)) return;
        System.out.println("halted at " + step);
        long last = System.nanoTime();
        for (long now = last; now - last < PAUSE.toNanos(); now = System.nanoTime()) {
            last = now;
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        System.out.println("woke at " + step);
    }
}
