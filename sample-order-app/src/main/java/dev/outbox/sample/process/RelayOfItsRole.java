package dev.outbox.sample.process;

import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Switches the outbox's relay off where a process has not the role {@link ProcessRole#RELAY}, unless {@code outbox.relay.enabled} is configured. */
final class RelayOfItsRole implements EnvironmentPostProcessor {
    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        boolean relays = ProcessRole.of(environment).contains(ProcessRole.RELAY);
        environment
                .getPropertySources()
                .addLast(new MapPropertySource("process-role", Map.of("outbox.relay.enabled", relays)));
    }
}
