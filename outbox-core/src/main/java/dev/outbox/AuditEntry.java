package dev.outbox;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A line of the audit trail: what a person has done. Lines are added and never changed (retention alone deletes them, if it is told to), in the transaction that does what they tell of, or, of a redrive, before and after it. They hold no payloads.
 *
 * @param id higher for later ones
 * @param at by the database's clock
 * @param operator who
 * @param action what, such as {@code APPROVE}
 * @param subject of what: the event, the pause, or whatever the action is about
 * @param eventId the event, if it is about one
 * @param reason why, in the operator's words
 */
public record AuditEntry(
        long id,
        Instant at,
        String operator,
        String action,
        String subject,
        @Nullable UUID eventId,
        String reason) {}
