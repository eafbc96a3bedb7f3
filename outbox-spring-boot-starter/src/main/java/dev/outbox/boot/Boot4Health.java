package dev.outbox.boot;

import java.util.function.Supplier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** A health check of Spring Boot 4. */
record Boot4Health(Supplier<HealthReport> check) implements HealthIndicator {
    @Override
    public Health health() {
        HealthReport report = check.get();
        return (report.isUp() ? Health.up() : Health.down())
                .withDetails(report.details())
                .build();
    }
}
