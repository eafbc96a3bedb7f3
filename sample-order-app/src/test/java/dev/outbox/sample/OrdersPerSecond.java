package dev.outbox.sample;

import dev.outbox.test.ChildJvm;
import dev.outbox.test.DatabaseOptions;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.PostgresServer;
import dev.outbox.test.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * Orders a second over HTTP, made by <a href="https://github.com/wg/wrk">wrk</a>, with the outbox and without it: two processes of the same application on the same servers, one of which publishes nothing. They
 * take turns. Both are started several times, because one JVM compiles the same code better than the next one, by more than what is measured. The relay is a third process and works whenever there is something to send. Orders are counted in the database.
 *
 * <p>Run by {@code benchmarks/run orders [--starts N] [--pairs N] [--seconds N] [--relay NAME=VALUE]}.
 */
final class OrdersPerSecond {
    private static final int CONNECTIONS = 16;
    private static final int PRODUCTS = 500;
    private static final int PIECES = 100_000_000;
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration WARM_UP = Duration.ofSeconds(75);

    private final JdbcClient jdbc;
    private final Path script;
    private final Duration turn;
    private final List<Double> ratios = new ArrayList<>();
    private long firstProduct;

    private OrdersPerSecond(PostgresSchema schema, Duration turn) throws IOException {
        this.jdbc =
                JdbcClient.create(new DriverManagerDataSource(schema.jdbcUrl(), schema.username(), schema.password()));
        this.turn = turn;
        this.script = Files.createTempFile("orders", ".lua");
        try (var content = new ClassPathResource("load/orders.lua").getInputStream()) {
            Files.write(script, content.readAllBytes());
        }
    }

    public static void main(String[] args) throws Exception {
        int starts = option(args, "--starts", 3);
        int pairs = option(args, "--pairs", 2);
        Duration turn = Duration.ofSeconds(option(args, "--seconds", 15));
        try (PostgresServer postgres =
                        PostgresServer.start(DatabaseOptions.temporary().withDurable(true));
                KafkaServer kafka = KafkaServer.start();
                RedisServer redis = RedisServer.start()) {
            PostgresSchema schema = postgres.createSchema("orders");
            String[] servers = {
                "--spring.datasource.url=" + schema.jdbcUrl(),
                "--spring.datasource.username=" + schema.username(),
                "--spring.datasource.password=" + schema.password(),
                "--spring.kafka.bootstrap-servers=" + kafka.bootstrapServers(),
                "--spring.data.redis.host=" + redis.host(),
                "--spring.data.redis.port=" + redis.port()
            };
            OrdersPerSecond load = new OrdersPerSecond(schema, turn);
            try {
                for (int start = 0; start < starts; start++) {
                    try (Shop with = Shop.start(OrderApplication.class, "api", servers);
                            Shop without = Shop.start(UnpublishedOrderApplication.class, "api", servers);
                            Shop relay = Shop.start(OrderApplication.class, "relay", relaySettings(args, servers))) {
                        load.measure(with, without, pairs);
                    }
                }
                load.tell();
            } finally {
                Files.delete(load.script);
            }
        }
    }

    /** Those of all processes, and what {@code --relay NAME=VALUE} says, as often as it is there. */
    private static String[] relaySettings(String[] args, String... servers) {
        Stream<String> own = IntStream.range(0, args.length - 1)
                .filter(i -> args[i].equals("--relay"))
                .mapToObj(i -> "--" + args[i + 1]);
        return Stream.concat(Stream.of(servers), own).toArray(String[]::new);
    }

    private static int option(String[] args, String name, int otherwise) {
        int index = List.of(args).indexOf(name);
        return index < 0 ? otherwise : Integer.parseInt(args[index + 1]);
    }

    /** A process of the application. Nobody consumes: that would be another process, too, and take from both alike. */
    private record Shop(ChildJvm process, int port) implements AutoCloseable {
        static Shop start(Class<?> application, String role, String... servers) {
            Stream<String> settings = Stream.of(
                    "--server.port=0",
                    "--sample.guide.enabled=false",
                    "--sample.admin.email=" + LocalOrderApplication.ADMIN_EMAIL,
                    "--sample.admin.password=" + LocalOrderApplication.ADMIN_PASSWORD,
                    "--sample.roles=" + role,
                    "--logging.level.dev.outbox=warn",
                    "--logging.level.org.springframework.boot.tomcat=info");
            ChildJvm process = ChildJvm.start(
                    application,
                    List.of("-Xmx512m"),
                    Stream.concat(settings, Stream.of(servers)).toArray(String[]::new));
            String line = process.awaitLine("Tomcat started on port", START);
            return new Shop(process, Integer.parseInt(line.replaceFirst(".*Tomcat started on port (\\d+).*", "$1")));
        }

        @Override
        public void close() {
            process.close();
        }
    }

    private void measure(Shop with, Shop without, int pairs) throws Exception {
        ShopClient customer = ShopClient.customer(with.port(), "customer@example.com");
        firstProduct = customer.product(PIECES);
        for (int i = 1; i < PRODUCTS; i++) customer.product(PIECES);
        load(with, customer, WARM_UP);
        load(without, customer, WARM_UP);
        for (int pair = 0; pair < pairs; pair++) {
            boolean withFirst = pair % 2 == 0;
            double first = load(withFirst ? with : without, customer, turn);
            double second = load(withFirst ? without : with, customer, turn);
            double published = withFirst ? first : second;
            double unpublished = withFirst ? second : first;
            ratios.add(published / unpublished);
            print(
                    "pair %d: %.0f orders/s with the outbox, %.0f without, ratio %.3f",
                    pair, published, unpublished, published / unpublished);
        }
    }

    private void tell() {
        double[] sorted =
                ratios.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        print("orders_with_vs_without %.3f (%.3f-%.3f)", median, sorted[0], sorted[sorted.length - 1]);
    }

    /** Orders a second. Begins when nothing is left to send, so that one turn does not pay for another one. */
    private double load(Shop shop, ShopClient customer, Duration duration) throws Exception {
        awaitNothingPending();
        jdbc.sql("CHECKPOINT").update();
        long before = orders();
        long start = System.nanoTime();
        Process wrk = new ProcessBuilder(
                        "wrk",
                        "--threads",
                        "1",
                        "--connections",
                        Integer.toString(CONNECTIONS),
                        "--duration",
                        duration.toSeconds() + "s",
                        "--script",
                        script.toString(),
                        "http://localhost:" + shop.port(),
                        "--",
                        customer.token(),
                        Long.toString(firstProduct),
                        Integer.toString(PRODUCTS),
                        UUID.randomUUID().toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(wrk.getInputStream().readAllBytes());
        if (wrk.waitFor() != 0) throw new IllegalStateException("wrk failed: " + output);
        double seconds = (System.nanoTime() - start) / 1e9;
        long placed = orders() - before;
        print(
                "  %s, still to send: %d",
                output.lines().reduce((one, other) -> other).orElse(""), pending());
        return placed / seconds;
    }

    private void awaitNothingPending() {
        org.awaitility.Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> pending() == 0);
    }

    private long orders() {
        return count("SELECT count(*) FROM orders");
    }

    private long pending() {
        return count("SELECT count(*) FROM outbox_events WHERE status = 'PENDING'");
    }

    private long count(String sql) {
        return jdbc.sql(sql).query(Long.class).single();
    }

    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
