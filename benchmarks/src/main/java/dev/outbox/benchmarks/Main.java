package dev.outbox.benchmarks;

import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresOptions;
import dev.outbox.test.PostgresServer;
import java.nio.file.Path;
import java.util.List;

/** {@code engine}: measures and prints; see {@code docs/benchmarks.md}. */
final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        if (words.isEmpty() || !words.get(0).equals("engine")) {
            System.err.println(
                    "usage: benchmarks/run engine [--events N] [--pairs N] [--workers N] [--batch N] [--only NAME,...]");
            System.exit(2);
        }
        Options options = Options.parse(words.subList(1, words.size()));
        PostgresOptions durable = PostgresOptions.temporary()
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
}
