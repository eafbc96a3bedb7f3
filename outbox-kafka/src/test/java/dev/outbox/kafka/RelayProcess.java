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
 * <p>Arguments: JDBC URL, user, password, Kafka's bootstrap servers, topic, number of events to publish, the lease in seconds, and {@code send}, or the
 * {@link Step} at which its relay halts until another one has its lane; then, if there is one, the dead-letter topic.
 */
final class RelayProcess {
    /** In seconds; for a lease that is to run out. A machine that stands still may make it run out, or be renewed, at any step. */
    static final String SHORT_LEASE = "4";

    /** In seconds; for a lease that lasts until the test ends it in the table. */
    static final String LONG_LEASE = "60";

    static final int BATCH = 200;

    /** How many events are acknowledged when it halts in the middle of a wave. */
    static final int MID_WAVE = 13;

    private final String owner = "process " + ProcessHandle.current().pid();
    private final Duration lease;
    private final String haltAt;
    private final Outbox outbox;

    private RelayProcess(String[] arguments) {
        lease = Duration.ofSeconds(Long.parseLong(arguments[6]));
        haltAt = arguments[7];
        Outbox plain = new Outbox(
                new SteppedDataSource(new DriverManagerDataSource(arguments[0], arguments[1], arguments[2]), this::at));
        outbox = arguments.length > 8 ? plain.withDeadLetters(arguments[8]) : plain;
    }

    public static void main(String[] arguments) throws InterruptedException {
        RelayProcess process = new RelayProcess(arguments);
        Outbox outbox = process.outbox;
        Relay relay = outbox.relay(
                new SteppedSender(warmSender(arguments[3], arguments[4]), MID_WAVE, process::at),
                (event, error) -> {},
                process.settings(),
                process.owner);
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
        QuickRelay quick = QuickRelay.SETTINGS.batch(BATCH).lease(lease).send(lease.dividedBy(2));
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
        while (!isTakenOver()) LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        System.out.println("woke at " + step);
    }

    private boolean isTakenOver() {
        return outbox.jdbc
                .sql("SELECT count(*) > 0 FROM outbox_lanes WHERE owner <> :owner")
                .param("owner", owner)
                .query(Boolean.class)
                .single();
    }
}
