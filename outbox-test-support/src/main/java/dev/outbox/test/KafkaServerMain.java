package dev.outbox.test;

import java.nio.file.Files;
import java.nio.file.Path;
import kafka.Kafka;
import kafka.tools.StorageTool;

/** The program of the broker's JVM. */
final class KafkaServerMain {

    private KafkaServerMain() {}

    /** Expects the broker's settings file, its data folder, and the id of a new cluster. */
    public static void main(String[] args) {
        String settings = args[0];
        if (!Files.exists(Path.of(args[1], "meta.properties"))) {
            String[] format = {"format", "--cluster-id", args[2], "--config", settings};
            if (StorageTool.execute(format, System.out) != 0) {
                System.exit(1);
            }
        }
        Kafka.main(new String[] {settings});
    }
}
