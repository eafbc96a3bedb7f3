package dev.outbox.inbox;

/** This application has no listener for a consumer, so it cannot handle that consumer's records. */
public final class UnknownConsumerException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** @param consumer the name that is not known here */
    public UnknownConsumerException(String consumer) {
        super(
                "This application has no listener for the consumer '%s': redrive its dead letters where it has one, or correct the name."
                        .formatted(consumer));
    }
}
