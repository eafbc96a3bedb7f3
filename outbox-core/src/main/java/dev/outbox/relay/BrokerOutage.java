package dev.outbox.relay;

import java.time.Instant;

/**
 * A time in which the broker does not answer.
 *
 * @param since the first send without an answer after the last one with, by this JVM's clock
 * @param reason why that one failed: class and message of the failure
 */
public record BrokerOutage(Instant since, String reason) {}
