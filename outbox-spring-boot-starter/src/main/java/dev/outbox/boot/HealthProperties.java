package dev.outbox.boot;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When the health of the outbox is down.
 *
 * @param maxAge how old the oldest event may be that is pending or being retried; those in quarantine and those behind them do not count
 * @param maxOutage how long the broker may give no answer while there is something to send
 * @param quarantine whether events in quarantine are told of only, or turn the health down
 */
@ConfigurationProperties("outbox.health")
record HealthProperties(
        @DefaultValue("5m") Duration maxAge,
        @DefaultValue("1m") Duration maxOutage,
        @DefaultValue("warn") Quarantine quarantine) {
    enum Quarantine {
        WARN,
        DOWN
    }
}
