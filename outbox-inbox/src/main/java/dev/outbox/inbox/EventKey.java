package dev.outbox.inbox;

/**
 * The unit of order: events of one key are handled in the order in which they were published.
 *
 * @param aggregateType compared byte by byte, like the id
 */
public record EventKey(String aggregateType, String aggregateId) {
    /** That of a record which is no outbox event, and has no order to be kept. */
    public static final EventKey NONE = new EventKey("", "");

    /** Whether there is an order to be kept. */
    public boolean isOrdered() {
        return !equals(NONE);
    }

    @Override
    public String toString() {
        return isOrdered() ? aggregateType + " " + aggregateId : "no aggregate";
    }
}
