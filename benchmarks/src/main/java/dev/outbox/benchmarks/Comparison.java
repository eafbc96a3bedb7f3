package dev.outbox.benchmarks;

import dev.outbox.benchmarks.PublishRate.Publishing;
import dev.outbox.kafka.KafkaEventSender;
import dev.outbox.spi.EventSender;
import java.util.List;
import java.util.function.Function;

/** What is measured on every database, each next to its opponent. The names of results begin with the database's, unless it is PostgreSQL. */
final class Comparison {
    private static final int NAIVE_EVENTS = 5_000;

    private final Server server;
    private final Broker broker;
    private final Options options;
    private final Results results;

    Comparison(Server server, Broker broker, Options options, Results results) {
        this.server = server;
        this.broker = broker;
        this.options = options;
        this.results = results;
    }

    boolean takes(String measurement) {
        return options.takes(name(measurement));
    }

    void add(String name, double value) {
        results.add(name(name), value);
    }

    private String name(String name) {
        return server.product.prefix + name;
    }

    void warmUp(int events) throws Exception {
        withTable((table, sender) -> {
            table.fill(events);
            drain(sender).rate(table, events);
        });
    }

    void drain() throws Exception {
        withTable((table, sender) -> {
            table.fill(options.events());
            try (PeakHeap heap = new PeakHeap()) {
                add("drain", drain(sender).rate(table, options.events()));
                add("drain_heap_mb", heap.usedMegabytes());
                add("drain_heap_left_mb", heap.leftMegabytes());
            }
        });
    }

    void naive() throws Exception {
        withTable((table, unused) -> {
            table.fill(NAIVE_EVENTS);
            try (KafkaEventSender hasty = broker.hastySender()) {
                add("naive", new NaiveRelay(hasty).rate(table, NAIVE_EVENTS));
            }
        });
    }

    void publish() throws Exception {
        publish("publish", PublishRate::library, "handwritten", PublishRate::handwritten);
    }

    /** Two ways to publish, in turn, each into a table of its own. */
    void publish(
            String name, Function<Table, Publishing> way, String opponent, Function<Table, Publishing> opponentsWay)
            throws Exception {
        withTable((table, unused) -> withTable((opponents, sender) -> {
            List<Double> rates = PublishRate.inTurn(opponentsWay.apply(opponents), way.apply(table));
            add(opponent, rates.get(0));
            add(name, rates.get(1));
        }));
    }

    void addRatios() {
        addRatio("drain_vs_naive", "drain", "naive");
        addRatio("publish_vs_handwritten", "publish", "handwritten");
    }

    void addRatio(String name, String dividend, String divisor) {
        results.addRatio(name(name), name(dividend), name(divisor));
    }

    Drain drain(EventSender sender) {
        return new Drain(sender, options.workers(), options.batch());
    }

    interface Measurement {
        void take(Table table, KafkaEventSender sender) throws Exception;
    }

    void withTable(Measurement measurement) throws Exception {
        String topic = broker.newTopic();
        try (Table table = new Table(server, topic);
                KafkaEventSender sender = broker.sender()) {
            measurement.take(table, sender);
        } finally {
            broker.delete(topic);
        }
    }
}
