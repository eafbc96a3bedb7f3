package dev.outbox.test;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;

/** Where servers run. */
enum ServerMode {
    DOCKER,
    EMBEDDED;

    static final String PROPERTY = "outbox.test.servers";
    static final String VARIABLE = "OUTBOX_TEST_SERVERS";

    /** The mode that the system property, else the environment variable, else the presence of Docker asks for. */
    static ServerMode current() {
        String variable = System.getenv().getOrDefault(VARIABLE, "auto");
        return of(System.getProperty(PROPERTY, variable), () -> Docker.AVAILABLE);
    }

    /** Asks for Docker only when the choice depends on it, as that takes a moment. */
    static ServerMode of(String choice, BooleanSupplier dockerAvailable) {
        return switch (choice.toLowerCase(Locale.ROOT)) {
            case "embedded" -> EMBEDDED;
            case "auto", "" -> dockerAvailable.getAsBoolean() ? DOCKER : EMBEDDED;
            case "docker" -> {
                if (!dockerAvailable.getAsBoolean()) {
                    throw new ServerStartException(
                            "No Docker answers. Start it, or set %s=embedded.".formatted(VARIABLE));
                }
                yield DOCKER;
            }
            default ->
                throw new ServerStartException(
                        "Unknown kind of servers '%s'. Set the system property %s or the variable %s to auto, docker or embedded."
                                .formatted(choice, PROPERTY, VARIABLE));
        };
    }

    private static final class Docker {
        static final boolean AVAILABLE = isAvailable();

        /** Testcontainers logs an error with a stack trace where Docker is missing, which is no error here. */
        private static boolean isAvailable() {
            if (!(LoggerFactory.getLogger("org.testcontainers") instanceof Logger logger)) {
                return DockerClientFactory.instance().isDockerAvailable();
            }
            Level before = logger.getLevel();
            logger.setLevel(Level.OFF);
            try {
                return DockerClientFactory.instance().isDockerAvailable();
            } finally {
                logger.setLevel(before);
            }
        }
    }
}
