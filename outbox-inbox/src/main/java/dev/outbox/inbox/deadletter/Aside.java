package dev.outbox.inbox.deadletter;

/**
 * How a record is put aside.
 *
 * @param consumer who has not handled it
 * @param attempts how often it has failed
 * @param follower whether it was never tried, but only waits behind another one of its key
 */
record Aside(String consumer, FailureCause cause, int attempts, boolean follower) {}
