package dev.outbox.benchmarks;

import java.util.List;

/** The measurements on MySQL and MariaDB. */
final class Databases {
    /** Drains under one snapshot: what the earlier ones have left in the index is still there. */
    private static final int DRAINS = 3;

    private final Broker broker;
    private final Options options;
    private final Results results;

    Databases(Broker broker, Options options, Results results) {
        this.broker = broker;
        this.options = options;
        this.results = results;
    }

    void run() throws Exception {
        for (Product product : List.of(Product.MYSQL, Product.MARIADB)) {
            if (List.of("drain", "naive", "publish", "held").stream()
                    .noneMatch(measurement -> options.takes(product.prefix + measurement))) continue;
            try (Server server = Server.start(product, options.connection())) {
                run(server, new Comparison(server, broker, options, results));
            }
        }
    }

    private void run(Server server, Comparison comparison) throws Exception {
        comparison.warmUp(options.events());
        for (int pair = 0; pair < options.pairs(); pair++) {
            if (comparison.takes("drain")) comparison.drain();
            if (comparison.takes("naive")) comparison.naive();
            if (comparison.takes("publish")) comparison.publish();
            if (comparison.takes("held")) {
                free(server, comparison);
                held(server, comparison);
            }
        }
        comparison.addRatios();
        comparison.addRatio("held_snapshot", "held_drain", "free_drain");
    }

    private void free(Server server, Comparison comparison) throws Exception {
        comparison.withTable((table, sender) -> {
            comparison.add("free_drain", last(table, comparison.drain(sender)));
            comparison.add("free_history_list", server.upkeep.history());
        });
    }

    private void held(Server server, Comparison comparison) throws Exception {
        comparison.withTable((table, sender) -> {
            try (HeldSnapshot snapshot = new HeldSnapshot(table.dataSource)) {
                comparison.add("held_drain", last(table, comparison.drain(sender)));
                comparison.add("held_history_list", server.upkeep.history());
            }
        });
    }

    private double last(Table table, Drain drain) throws Exception {
        double rate = 0;
        for (int i = 0; i < DRAINS; i++) {
            table.fill(options.events());
            rate = drain.rate(table, options.events());
        }
        return rate;
    }
}
