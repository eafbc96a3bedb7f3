package dev.outbox.benchmarks;

import java.time.Duration;

/** The measurements, each next to its opponent, pair after pair, so that what else the machine does meets both. */
final class Engine {
    private static final int WARM_UP = 300_000;
    private static final int BLOCKED_EVENTS = 100_000;
    private static final int HISTORY = 1_000_000;
    private static final Duration LATENCY = Duration.ofSeconds(6);

    private final Broker broker;
    private final Options options;
    private final Results results;
    private final Comparison comparison;

    Engine(Server postgres, Broker broker, Options options, Results results) {
        this.broker = broker;
        this.options = options;
        this.results = results;
        this.comparison = new Comparison(postgres, broker, options, results);
    }

    void run() throws Exception {
        warmUp();
        for (int pair = 0; pair < options.pairs(); pair++) {
            if (options.takes("raw")) results.add("raw", new RawProducer(broker).rate(options.events()));
            if (options.takes("raw"))
                results.add("raw_prepared", new RawProducer(broker).preparedRate(options.events()));
            if (options.takes("drain")) comparison.drain();
            if (options.takes("naive")) comparison.naive();
            if (options.takes("held")) held();
            if (options.takes("blocked")) blocked();
        }
        for (int pair = 0; pair < options.pairs(); pair++) {
            if (options.takes("publish")) comparison.publish();
            if (options.takes("latency")) latency();
        }
        if (options.takes("idle")) idle();
        results.addRatio("drain_vs_raw", "drain", "raw");
        results.addRatio("drain_vs_raw_prepared", "drain", "raw_prepared");
        comparison.addRatios();
        results.addRatio("held_snapshot_vs_free", "held_snapshot", "drain");
        results.addRatio("blocked_key_vs_free", "blocked_key", "drain");
        results.addDifference("latency_p50_over_raw_ms", "latency_p50_ms", "raw_latency_p50_ms");
        results.addDifference("latency_p99_over_raw_ms", "latency_p99_ms", "raw_latency_p99_ms");
        results.addRatio("idle_poll_vs_empty", "idle_poll_ms", "empty_poll_ms");
    }

    private void warmUp() throws Exception {
        new RawProducer(broker).rate(WARM_UP);
        comparison.warmUp(WARM_UP);
    }

    private void held() throws Exception {
        comparison.withTable((table, sender) -> {
            try (HeldSnapshot snapshot = new HeldSnapshot(table.dataSource)) {
                table.fill(options.events());
                results.add("held_snapshot", comparison.drain(sender).rate(table, options.events()));
            }
        });
    }

    private void blocked() throws Exception {
        comparison.withTable((table, sender) -> {
            table.fillBlockedKey(BLOCKED_EVENTS);
            table.fill(options.events());
            results.add("blocked_key", comparison.drain(sender).rate(table, options.events()));
        });
    }

    private void latency() throws Exception {
        comparison.withTable((table, sender) -> {
            Latency.Percentiles raw = new Latency(broker, LATENCY).raw(table.topic);
            results.add("raw_latency_p50_ms", raw.p50());
            results.add("raw_latency_p99_ms", raw.p99());
        });
        comparison.withTable((table, sender) -> {
            Latency.Percentiles relayed = new Latency(broker, LATENCY)
                    .relayed(table, Drain.relay(table, sender, options.workers(), options.batch()));
            results.add("latency_p50_ms", relayed.p50());
            results.add("latency_p99_ms", relayed.p99());
        });
    }

    /** Both tables are there at once, and are polled in turn. */
    private void idle() throws Exception {
        comparison.withTable((empty, unused) -> comparison.withTable((history, sender) -> {
            empty.settle();
            history.fill(HISTORY);
            history.publishAll();
            for (int pair = 0; pair < options.pairs(); pair++) {
                results.add("empty_poll_ms", IdlePoll.millis(empty));
                results.add("idle_poll_ms", IdlePoll.millis(history));
            }
        }));
    }
}
