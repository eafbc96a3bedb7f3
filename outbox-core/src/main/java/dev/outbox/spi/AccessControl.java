package dev.outbox.spi;

import dev.outbox.OutboxAccessDeniedException;
import dev.outbox.OutboxPermission;

/**
 * Decides who may do what. The starter brings one for Spring Security; without it, and without a bean of this type, nothing is allowed.
 * Must be safe for use by many threads.
 */
@FunctionalInterface
public interface AccessControl {
    /** The longest name of an operator. */
    int MAX_NAME = 200;

    /**
     * Requires that whoever makes the current call has a permission.
     *
     * @return the name under which the audit trail keeps them; not empty, at most {@value #MAX_NAME} characters are kept
     * @throws OutboxAccessDeniedException if they do not have it, or it is not known who they are
     */
    String require(OutboxPermission permission);

    /** Refuses everything. */
    static AccessControl denyAll() {
        return permission -> {
            throw new OutboxAccessDeniedException(
                    "%s is required, and nobody has it: this application has neither Spring Security nor an AccessControl of its own. Add Spring Security, or declare a bean of type dev.outbox.spi.AccessControl."
                            .formatted(permission));
        };
    }

    /**
     * Allows everything to one operator: for programs that have no users, such as a job or a test.
     *
     * @param operator the name for the audit trail
     */
    static AccessControl allowAll(String operator) {
        return permission -> operator;
    }
}
