package dev.outbox.test;

import java.nio.file.Files;
import java.nio.file.Path;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/** The program of the broker's JVM. */
final class KafkaServerMain {

    private KafkaServerMain() {}

    /** Expects the broker's settings file and its data folder. */
    public static void main(String[] args) {
        String settings = args[0];
        if (!Files.exists(Path.of(args[1], "meta.properties"))) {
            String[] format = {"format", "--cluster-id", Uuid.randomUuid().toString(), "--config", settings};
            if (StorageTool.execute(format, System.out) != 0) {
                System.exit(1);
            }
        }
        Kafka.main(new String[] {settings});
    }
}
