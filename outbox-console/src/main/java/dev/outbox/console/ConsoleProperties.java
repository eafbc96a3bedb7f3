package dev.outbox.console;

import dev.outbox.OutboxConfigurationException;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The REST API.
 *
 * @param path under which path of the application the API is
 */
@ConfigurationProperties("outbox.console")
record ConsoleProperties(@DefaultValue("/outbox") String path) {
    /** Where the API is. */
    String api() {
        if (!path.matches("(/[A-Za-z0-9_-]+)+"))
            throw new OutboxConfigurationException(
                    "outbox.console.path is '%s'.".formatted(path),
                    "Set it to a path of letters, digits, hyphens and underscores that begins with a slash and ends without one, such as /outbox.");
        return path + "/api";
    }
}
