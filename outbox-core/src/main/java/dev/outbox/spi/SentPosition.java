package dev.outbox.spi;

/** Where the broker stored an event. */
public record SentPosition(String topic, int partition, long offset) {}
