package dev.outbox.store;

/** The unit of order: events of one key are delivered in the order of their sequences. */
record Key(String aggregateType, String aggregateId) {}
