package dev.outbox.benchmarks;

import dev.outbox.kafka.KafkaEventSender;
import dev.outbox.test.PostgresServer;
import java.time.Duration;

/** The measurements, each next to its opponent, pair after pair, so that what else the machine does meets both. */
final class Engine {
    private static final int WARM_UP = 300_000;
    private static final int NAIVE_EVENTS = 5_000;
    private static final int BLOCKED_EVENTS = 100_000;
    private static final int HISTORY = 1_000_000;
    private static final Duration PUBLISHING = Duration.ofSeconds(4);
    private static final Duration LATENCY = Duration.ofSeconds(6);

    private final PostgresServer postgres;
    private final Broker broker;
    private final Options options;
    private final Results results;

    Engine(PostgresServer postgres, Broker broker, Options options, Results results) {
        this.postgres = postgres;
        this.broker = broker;
        this.options = options;
        this.results = results;
    }

    void run() throws Exception {
        warmUp();
        for (int pair = 0; pair < options.pairs(); pair++) {
            if (options.takes("raw")) results.add("raw", new RawProducer(broker).rate(options.events()));
            if (options.takes("raw"))
                results.add("raw_prepared", new RawProducer(broker).preparedRate(options.events()));
            if (options.takes("drain")) drain();
            if (options.takes("naive")) naive();
            if (options.takes("held")) held();
            if (options.takes("blocked")) blocked();
        }
        for (int pair = 0; pair < options.pairs(); pair++) {
            if (options.takes("publish")) publish();
            if (options.takes("latency")) latency();
        }
        if (options.takes("idle")) idle();
        results.addRatio("drain_vs_raw", "drain", "raw");
        results.addRatio("drain_vs_raw_prepared", "drain", "raw_prepared");
        results.addRatio("drain_vs_naive", "drain", "naive");
        results.addRatio("held_snapshot_vs_free", "held_snapshot", "drain");
        results.addRatio("blocked_key_vs_free", "blocked_key", "drain");
        results.addRatio("publish_vs_handwritten", "publish", "handwritten");
        results.addDifference("latency_p50_over_raw_ms", "latency_p50_ms", "raw_latency_p50_ms");
        results.addDifference("latency_p99_over_raw_ms", "latency_p99_ms", "raw_latency_p99_ms");
        results.addRatio("idle_poll_vs_empty", "idle_poll_ms", "empty_poll_ms");
    }

    private void warmUp() throws Exception {
        new RawProducer(broker).rate(WARM_UP);
        withTable((table, sender) -> {
            table.fill(WARM_UP);
            new Drain(sender, options.workers(), options.batch()).rate(table, WARM_UP);
        });
    }

    private void drain() throws Exception {
        withTable((table, sender) -> {
            table.fill(options.events());
            try (PeakHeap heap = new PeakHeap()) {
                results.add(
                        "drain", new Drain(sender, options.workers(), options.batch()).rate(table, options.events()));
                results.add("drain_heap_mb", heap.usedMegabytes());
                results.add("drain_heap_left_mb", heap.leftMegabytes());
            }
        });
    }

    private void naive() throws Exception {
        withTable((table, unused) -> {
            table.fill(NAIVE_EVENTS);
            try (KafkaEventSender hasty = broker.hastySender()) {
                results.add("naive", new NaiveRelay(hasty).rate(table, NAIVE_EVENTS));
            }
        });
    }

    private void held() throws Exception {
        withTable((table, sender) -> {
            try (HeldSnapshot snapshot = new HeldSnapshot(table.dataSource)) {
                table.fill(options.events());
                results.add(
                        "held_snapshot",
                        new Drain(sender, options.workers(), options.batch()).rate(table, options.events()));
            }
        });
    }

    private void blocked() throws Exception {
        withTable((table, sender) -> {
            table.fillBlockedKey(BLOCKED_EVENTS);
            table.fill(options.events());
            results.add(
                    "blocked_key", new Drain(sender, options.workers(), options.batch()).rate(table, options.events()));
        });
    }

    private void publish() throws Exception {
        PublishRate rate = new PublishRate(PUBLISHING);
        withTable((table, sender) -> results.add("handwritten", rate.handwritten(table)));
        withTable((table, sender) -> results.add("publish", rate.library(table)));
    }

    private void latency() throws Exception {
        withTable((table, sender) -> {
            Latency.Percentiles raw = new Latency(broker, LATENCY).raw(table.topic);
            results.add("raw_latency_p50_ms", raw.p50());
            results.add("raw_latency_p99_ms", raw.p99());
        });
        withTable((table, sender) -> {
            Latency.Percentiles relayed = new Latency(broker, LATENCY)
                    .relayed(table, Drain.relay(table, sender, options.workers(), options.batch()));
            results.add("latency_p50_ms", relayed.p50());
            results.add("latency_p99_ms", relayed.p99());
        });
    }

    /** Both tables are there at once, and are polled in turn. */
    private void idle() throws Exception {
        withTable((empty, unused) -> withTable((history, sender) -> {
            empty.settle();
            history.fill(HISTORY);
            history.publishAll();
            for (int pair = 0; pair < options.pairs(); pair++) {
                results.add("empty_poll_ms", IdlePoll.millis(empty));
                results.add("idle_poll_ms", IdlePoll.millis(history));
            }
        }));
    }

    private interface Measurement {
        void take(Table table, KafkaEventSender sender) throws Exception;
    }

    private void withTable(Measurement measurement) throws Exception {
        String topic = broker.newTopic();
        try (Table table = new Table(postgres, topic);
                KafkaEventSender sender = broker.sender()) {
            measurement.take(table, sender);
        } finally {
            broker.delete(topic);
        }
    }
}
