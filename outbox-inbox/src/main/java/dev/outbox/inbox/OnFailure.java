package dev.outbox.inbox;

/** What becomes of an event that goes on failing when it has been tried as often as configured. */
public enum OnFailure {
    /** It goes to the dead-letter topic, and later events of its aggregate follow it there until it is redriven or discarded: the order is kept. */
    HOLD_KEY,
    /** It goes to the dead-letter topic, and later events of its aggregate are handled: they overtake it. */
    CONTINUE,
    /** It is tried again until it works, and the records behind it in its partition wait. */
    STOP_PARTITION
}
