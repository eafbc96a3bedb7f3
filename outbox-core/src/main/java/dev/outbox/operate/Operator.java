package dev.outbox.operate;

import static dev.outbox.OutboxOperations.MAX_REASON;
import static dev.outbox.OutboxPermission.OUTBOX_OPERATE;

import dev.outbox.OutboxAccessDeniedException;
import dev.outbox.OutboxPermission;
import dev.outbox.spi.AccessControl;
import dev.outbox.store.AuditStore;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Somebody who may change something, and why they do it. */
public final class Operator {
    private static final Logger log = LoggerFactory.getLogger(Operator.class);

    private final AuditStore audit;
    private final String name;
    private final String reason;

    private Operator(AuditStore audit, String name, String reason) {
        this.audit = audit;
        this.name = name;
        this.reason = reason;
    }

    /**
     * Whoever makes the current call.
     *
     * @param audit where it is written down what they do
     * @param reason of 1 to {@value dev.outbox.OutboxOperations#MAX_REASON} characters
     * @throws OutboxAccessDeniedException if they may not, or have no name
     * @throws IllegalArgumentException if there is no reason, or too long a one
     */
    public static Operator calling(AccessControl access, AuditStore audit, String reason) {
        return calling(access, OUTBOX_OPERATE, audit, reason);
    }

    static Operator calling(AccessControl access, OutboxPermission permission, AuditStore audit, String reason) {
        String name = access.require(permission);
        if (name.isBlank())
            throw new OutboxAccessDeniedException(
                    "Whoever has %s here has no name, and the audit trail needs one. Correct the AccessControl of this application."
                            .formatted(permission));
        if (reason.isBlank() || reason.length() > MAX_REASON)
            throw new IllegalArgumentException(
                    "A reason of 1 to %d characters is needed for the audit trail; this one has %d."
                            .formatted(MAX_REASON, reason.strip().length()));
        return new Operator(audit, name.substring(0, Math.min(name.length(), AccessControl.MAX_NAME)), reason.strip());
    }

    /** Who it is, as the audit trail has it. */
    public String name() {
        return name;
    }

    /**
     * Writes down what they have done, in the current transaction.
     *
     * @param action at most 30 characters
     * @param subject what they have done it to, without payloads; what is beyond {@value AuditStore#MAX_SUBJECT} characters is cut off
     * @param eventId the event, if it is about one
     */
    public void did(String action, String subject, @Nullable UUID eventId) {
        audit.add(name, action, subject, eventId, reason);
        log.info("{} by '{}': {}.", action, name, subject);
    }
}
