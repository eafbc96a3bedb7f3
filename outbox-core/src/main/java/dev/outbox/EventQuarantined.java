package dev.outbox;

import java.util.UUID;

/**
 * An event has gone to quarantine. Spring applications receive this as an application event, after it has been committed.
 *
 * @param error class and message of the last failure
 */
public record EventQuarantined(
        UUID eventId, String eventType, String aggregateType, String aggregateId, String topic, String error) {}
