package dev.outbox.sample.dataplatform.domain;

import java.io.Serial;

/** The data platform takes other events, and this one not. */
public final class UndeliverableEventException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    private UndeliverableEventException(String message, Throwable cause) {
        super(message, cause);
    }

    /** It says that something is wrong with the event. */
    public static UndeliverableEventException refused(OrderEvent event, Throwable cause) {
        return new UndeliverableEventException(
                "The data platform refuses %s: %s. Find out what it objects to, then redrive the dead letter."
                        .formatted(event, cause.getMessage()),
                cause);
    }

    /** It has failed each time. */
    public static UndeliverableEventException exhausted(OrderEvent event, int tries, Throwable cause) {
        return new UndeliverableEventException(
                "The data platform answers, but not to %s: %d tries have failed, the last one because %s. Find out why, then redrive the dead letter."
                        .formatted(event, tries, cause.getMessage()),
                cause);
    }
}
