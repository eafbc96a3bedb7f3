package dev.outbox.inbox;

/** What happens to a record that its consumer keeps failing on, and to later events of its key. Other keys are not concerned unless the partition stops. */
public enum FailedEventPolicy {
    /**
     * It goes to the dead-letter topic, and later events of its key follow it there, untried, until they are redriven. So every key is handled in order.
     * The default.
     */
    HOLD_KEY,
    /** It goes to the dead-letter topic, and later events of its key are handled before it. For events that stand for themselves. */
    CONTINUE,
    /** Nothing goes to the dead-letter topic: it is tried again without end, and its partition waits. */
    STOP_PARTITION
}
