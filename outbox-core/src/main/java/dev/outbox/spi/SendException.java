package dev.outbox.spi;

import org.jspecify.annotations.Nullable;

/**
 * What an {@link EventSender} completes its stage with when it knows more than that a send has failed. Any other exception counts as a
 * failure of the event, except {@link java.util.concurrent.TimeoutException}, whose outcome is unknown.
 */
public final class SendException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureScope scope;
    private final boolean permanent;

    private SendException(FailureScope scope, boolean permanent, @Nullable String message, Throwable cause) {
        super(message, cause);
        this.scope = scope;
        this.permanent = permanent;
    }

    /** The broker refuses this event, and may take it another time. */
    public static SendException ofEvent(Throwable cause) {
        return new SendException(FailureScope.EVENT, false, cause.toString(), cause);
    }

    /** The broker refuses this event and always will: it goes to quarantine without further tries. */
    public static SendException ofEventForGood(Throwable cause) {
        return new SendException(FailureScope.EVENT, true, cause.toString(), cause);
    }

    /** The topic or partition cannot be written to. */
    public static SendException ofTopic(Throwable cause) {
        return new SendException(FailureScope.TOPIC, false, cause.toString(), cause);
    }

    /** The broker cannot be reached, or has not answered: the outcome is unknown. */
    public static SendException ofBroker(Throwable cause) {
        return new SendException(FailureScope.BROKER, false, cause.toString(), cause);
    }

    public FailureScope scope() {
        return scope;
    }

    /** Whether trying again is pointless. */
    public boolean isPermanent() {
        return permanent;
    }
}
