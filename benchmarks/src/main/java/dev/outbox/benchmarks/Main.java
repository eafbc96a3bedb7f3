package dev.outbox.benchmarks;

import dev.outbox.test.DatabaseOptions;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresServer;
import java.nio.file.Path;
import java.util.List;

/** {@code engine}: measures and prints; see {@code docs/benchmarks.md}. {@code plans}: writes the plans into {@code docs/query-plans.md}. */
final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        switch (words.isEmpty() ? "" : words.get(0)) {
            case "engine" -> engine(Options.parse(words.subList(1, words.size())));
            case "plans" -> plans(PlansPage.of(Path.of("docs/query-plans.md")));
            default -> {
                System.err.println(
                        "usage: benchmarks/run engine [--events N] [--pairs N] [--workers N] [--batch N] [--only NAME,...] | plans");
                System.exit(2);
            }
        }
    }

    private static void engine(Options options) throws Exception {
        DatabaseOptions durable = DatabaseOptions.temporary()
                .withDurable(true)
                .withSetting("shared_buffers", "512MB")
                .withSetting("max_wal_size", "4GB");
        Results results = new Results();
        try (PostgresServer postgres = PostgresServer.start(durable);
                KafkaServer kafka = KafkaServer.start()) {
            new Engine(postgres, new Broker(kafka), options, results).run();
        }
        results.print();
        results.write(Path.of("benchmarks/target/results.json"), options);
    }

    private static void plans(PlansPage page) throws Exception {
        try (PostgresServer postgres =
                        PostgresServer.start(DatabaseOptions.temporary().withSetting("shared_buffers", "1GB"));
                Table table = new Table(postgres, "orders");
                ExplainedDataSource explained = ExplainedDataSource.beside(table.dataSource)) {
            new Plans(table, explained, page).run();
        }
        page.write();
    }
}
