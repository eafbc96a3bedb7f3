package dev.outbox.tracing;

/** The names of key values, as docs/tracing.md has them. */
final class Keys {
    static final String EVENT_ID = "outbox.event.id";
    static final String EVENT_TYPE = "outbox.event.type";
    static final String AGGREGATE_ID = "outbox.aggregate.id";
    static final String EVENTS = "outbox.events";
    static final String TOPIC = "outbox.topic";

    /** The event type of several events of different types. */
    static final String SEVERAL = "several";

    private Keys() {}
}
