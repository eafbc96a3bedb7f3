package dev.outbox.benchmarks;

import dev.outbox.test.KafkaServer;
import java.nio.file.Path;
import java.util.List;

/** {@code engine}, {@code tracing}, {@code databases}, {@code inbox}, {@code operations}, {@code trickle}: measure and print; see {@code docs/benchmarks.md}. {@code plans}: writes the plans into {@code docs/query-plans.md}. */
final class Main {
    private static final Path RESULTS = Path.of("benchmarks/target/results.json");

    private Main() {}

    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        switch (words.isEmpty() ? "" : words.get(0)) {
            case "engine" -> engine(Options.parse(300_000, 5, words.subList(1, words.size())));
            case "tracing" -> tracing(Options.parse(100_000, 5, words.subList(1, words.size())));
            case "databases" -> databases(Options.parse(40_000, 3, words.subList(1, words.size())));
            case "inbox" -> inbox(Options.parse(100_000, 5, words.subList(1, words.size())));
            case "operations" -> operations(Options.parse(1_000_000, 5, words.subList(1, words.size())));
            case "trickle" -> trickle(Options.parse(3_000, 3, words.subList(1, words.size())));
            case "plans" -> plans(PlansPage.of(Path.of("docs/query-plans.md")));
            default -> {
                System.err.println(
                        "usage: benchmarks/run engine|tracing|databases|inbox|operations|trickle [--events N] [--pairs N] [--workers N]"
                                + " [--batch N] [--only NAME,...] [--connection NAME=VALUE&...] | plans");
                System.exit(2);
            }
        }
    }

    private static void engine(Options options) throws Exception {
        Results results = new Results();
        try (Server postgres = Server.start(Product.POSTGRESQL, options.connection());
                KafkaServer kafka = KafkaServer.start()) {
            new Engine(postgres, new Broker(kafka), options, results).run();
        }
        results.print();
        results.write(RESULTS, options);
    }

    private static void tracing(Options options) throws Exception {
        Results results = new Results();
        try (Server postgres = Server.start(Product.POSTGRESQL, options.connection());
                KafkaServer kafka = KafkaServer.start()) {
            new TracingCost(new Comparison(postgres, new Broker(kafka), options, results), options).run();
        }
        results.print();
    }

    private static void databases(Options options) throws Exception {
        Results results = new Results();
        try (KafkaServer kafka = KafkaServer.start()) {
            new Databases(new Broker(kafka), options, results).run();
        }
        results.print();
        results.addTo(RESULTS, "databases_options", options);
    }

    private static void inbox(Options options) throws Exception {
        Results results = new Results();
        try (Server postgres = Server.start(Product.POSTGRESQL, options.connection());
                KafkaServer kafka = KafkaServer.start()) {
            new InboxComparison(postgres, new Broker(kafka), options, results).run();
        }
        results.print();
        results.addTo(RESULTS, "inbox_options", options);
    }

    private static void operations(Options options) throws Exception {
        Results results = new Results();
        try (Server postgres = Server.start(Product.POSTGRESQL, options.connection())) {
            new OperatorsView(postgres, options, results).run();
        }
        results.print();
        results.addTo(RESULTS, "operations_options", options);
    }

    private static void trickle(Options options) throws Exception {
        Results results = new Results();
        try (Server postgres = Server.start(Product.POSTGRESQL, options.connection());
                KafkaServer kafka = KafkaServer.start()) {
            new Trickle(postgres, new Broker(kafka), options, results).run();
        }
        results.print();
    }

    private static void plans(PlansPage page) throws Exception {
        try (Server postgres = Server.start(Product.POSTGRESQL);
                Table table = new Table(postgres, "orders");
                ExplainedDataSource explained = ExplainedDataSource.beside(table.dataSource)) {
            new Plans(table, explained, page).run();
            try (ConsumerDatabase consumer = new ConsumerDatabase(postgres);
                    ExplainedDataSource explainedInbox = ExplainedDataSource.beside(consumer.dataSource)) {
                new InboxPlans(consumer, explainedInbox, page).run();
            }
        }
        page.write();
    }
}
