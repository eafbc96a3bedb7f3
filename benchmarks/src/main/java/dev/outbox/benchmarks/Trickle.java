package dev.outbox.benchmarks;

import dev.outbox.kafka.KafkaEventSender;
import dev.outbox.publish.TransactionalOutboxPublisher;
import dev.outbox.relay.Relay;
import dev.outbox.relay.RelaySettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * What the relay takes of the processors for each event, and how late it is, when events come one by one from another process, which cannot nudge it: with several waits and numbers of lanes. Of the database it is what
 * comes on top of publishing alone.
 */
final class Trickle {
    private static final int EVENTS_PER_SECOND = 300;
    private static final List<Pace> PACES =
            List.of(new Pace(50, 16), new Pace(50, 32), new Pace(200, 16), new Pace(200, 32));
    private static final Predicate<String> RELAY =
            thread -> thread.startsWith("outbox-relay") || thread.startsWith("kafka-producer");

    private final Server server;
    private final Broker broker;
    private final Options options;
    private final Results results;

    Trickle(Server server, Broker broker, Options options, Results results) {
        this.server = server;
        this.broker = broker;
        this.options = options;
        this.results = results;
    }

    private record Pace(int busyMillis, int lanes) {
        String result(String what) {
            return "trickle_%dms_%d_lanes_%s".formatted(busyMillis, lanes, what);
        }
    }

    void run() throws Exception {
        try (Table table = new Table(server, broker.newTopic());
                KafkaEventSender sender = broker.sender()) {
            measure(table, sender, new Results());
            for (int pair = 0; pair < options.pairs(); pair++) measure(table, sender, results);
        }
    }

    private void measure(Table table, KafkaEventSender sender, Results into) throws Exception {
        double before = databaseMicros();
        publish(table);
        double publishing = (databaseMicros() - before) / options.events();
        into.add("trickle_publishing_postgres_us", publishing);
        for (Pace pace : PACES) {
            Relay relay = relay(table, sender, pace);
            relay.start();
            try {
                awaitNothingPending(table);
                measure(table, pace, publishing, into);
            } finally {
                relay.stop();
            }
        }
    }

    private void measure(Table table, Pace pace, double publishing, Results into) throws Exception {
        long highest = table.highestSeq();
        double database = databaseMicros();
        double relay = relayMicros();
        publish(table);
        awaitNothingPending(table);
        into.add(pace.result("relay_us"), (relayMicros() - relay) / options.events());
        into.add(pace.result("postgres_us"), (databaseMicros() - database) / options.events() - publishing);
        into.add(
                pace.result("ms"),
                Objects.requireNonNull(table.jdbc.queryForObject(
                        "SELECT avg(extract(epoch FROM published_at - created_at)) * 1000 FROM outbox_events WHERE seq > ?",
                        Double.class,
                        highest)));
    }

    private void publish(Table table) {
        TransactionalOutboxPublisher publisher = table.publisher(() -> {});
        Random keys = new Random(1);
        long start = System.nanoTime();
        for (int i = 0; i < options.events(); i++) {
            long due = start + i * Duration.ofSeconds(1).toNanos() / EVENTS_PER_SECOND;
            while (System.nanoTime() < due) LockSupport.parkNanos(due - System.nanoTime());
            table.transaction.executeWithoutResult(
                    status -> publisher.publish(table.message(keys.nextInt(Table.KEYS))));
        }
    }

    private static void awaitNothingPending(Table table) throws InterruptedException {
        while (table.count("PENDING") > 0) Thread.sleep(10);
    }

    private Relay relay(Table table, KafkaEventSender sender, Pace pace) {
        RelaySettings defaults = RelaySettings.defaults();
        RelaySettings settings = new RelaySettings(
                options.workers(),
                new RelaySettings.BatchLimits(options.batch(), defaults.batch().bytes(), pace.lanes()),
                new RelaySettings.Polling(
                        Duration.ofMillis(pace.busyMillis()), defaults.polling().interval()),
                defaults.outage(),
                defaults.timeouts(),
                defaults.retries());
        return new Relay(table.stores, sender, (event, error) -> {}, settings, "benchmark", new SimpleMeterRegistry());
    }

    /** The processor time of the relay's threads, and of the producer's. */
    private static double relayMicros() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                        .filter(Objects::nonNull)
                        .filter(thread -> RELAY.test(thread.getThreadName()))
                        .mapToLong(ThreadInfo::getThreadId)
                        .map(threads::getThreadCpuTime)
                        .sum()
                / 1e3;
    }

    /** The processor time of all its processes. The connections stay, and so do their processes. */
    private static double databaseMicros() {
        return ProcessHandle.allProcesses()
                        .filter(process -> process.info()
                                .command()
                                .filter(name -> name.endsWith("postgres"))
                                .isPresent())
                        .flatMap(process -> process.info().totalCpuDuration().stream())
                        .mapToLong(Duration::toNanos)
                        .sum()
                / 1e3;
    }
}
