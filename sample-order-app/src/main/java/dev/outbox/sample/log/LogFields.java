package dev.outbox.sample.log;

import java.util.UUID;
import org.slf4j.MDC;
import org.slf4j.MDC.MDCCloseable;

/**
 * The fields that say what a line of the log is about: keys of SLF4J's MDC, and fields of each line where lines are JSON. Each is set until what the method returns is
 * closed, by the same thread.
 */
public final class LogFields {
    /** The id of the request. The library takes it from here into the events that the request publishes, and gives it to their handlers. */
    static final String REQUEST_ID = "requestId";

    static final String USER_ID = "userId";
    static final String ORDER_ID = "orderId";

    private LogFields() {}

    /** The order that is being handled. */
    public static MDCCloseable order(UUID orderId) {
        return MDC.putCloseable(ORDER_ID, orderId.toString());
    }

    /** The user for whom something is done. */
    public static MDCCloseable user(long userId) {
        return MDC.putCloseable(USER_ID, Long.toString(userId));
    }
}
