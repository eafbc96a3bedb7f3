package dev.outbox;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the outbox knows of one event, without its payload.
 *
 * @param seq its place in the order of its aggregate: later events have higher numbers
 * @param lane the hash bucket of its aggregate
 * @param createdAt when it was stored, by the database's clock
 * @param publishedAt when its acknowledgement was recorded, by the database's clock; null until then
 * @param attempts how many failures have counted towards quarantine since it was stored or approved
 * @param failedAt when it failed last, by the database's clock; null if it never did
 * @param error of its last failure; null if it never failed
 * @param archivedAt when retention moved it to the archive, by the database's clock; null as long as it has not
 */
public record EventState(
        UUID eventId,
        long seq,
        int lane,
        String aggregateType,
        String aggregateId,
        String eventType,
        String topic,
        EventStatus status,
        Instant createdAt,
        @Nullable Instant publishedAt,
        int attempts,
        @Nullable Instant failedAt,
        @Nullable String error,
        @Nullable Instant archivedAt) {}
