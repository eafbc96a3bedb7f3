package dev.outbox.test;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The program of further JVMs in tests: starts something, says so, and stays. */
final class Main {

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        switch (args[0]) {
            case "postgres" -> PostgresServer.start(DatabaseOptions.in(Path.of(args[1])));
            case "mysql" -> MySqlServer.start(MySqlFlavour.valueOf(args[1]), DatabaseOptions.in(Path.of(args[2])));
            case "redis" -> RedisServer.start(RedisOptions.in(Path.of(args[1])));
            case "servers" -> startServers(Path.of(args[1]), Boolean.parseBoolean(args[2]));
            case "child" -> {
                ChildJvm child = ChildJvm.start(Main.class, List.of(), "nothing");
                System.out.println("child " + child.pid());
            }
            case "ticks" -> {
                for (int tick = 0; true; tick++) {
                    System.out.println("tick " + tick);
                    Thread.sleep(20);
                }
            }
            case "fail" -> {
                System.err.println("failing with ä, " + args[1]);
                System.exit(3);
            }
            default -> System.out.println("doing nothing");
        }
        System.out.println("ready");
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void startServers(Path directory, boolean paused) {
        PostgresServer postgres = PostgresServer.start(DatabaseOptions.in(directory.resolve("postgres")));
        KafkaServer kafka = KafkaServer.start(KafkaOptions.in(directory.resolve("kafka")));
        RedisServer redis = RedisServer.start(RedisOptions.in(directory.resolve("redis")));
        PostgresSchema schema = postgres.createSchema("app");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try (Connection connection = schema.connect()) {
                System.out.println("at shutdown PostgreSQL answers " + connection.isValid(5));
                kafka.createTopic("at-shutdown", 1);
                System.out.println("at shutdown Kafka answers");
            } catch (SQLException e) {
                System.out.println("at shutdown PostgreSQL fails " + e);
            }
        }));
        if (paused) {
            postgres.pause();
            kafka.pause();
            redis.pause();
        }
    }
}
