package dev.outbox.inbox;

/**
 * What a redrive would touch, as of now.
 *
 * @param events the dead letters that are meant
 * @param keys how many keys they belong to
 * @param followers how many others of those keys would be handled as well, because the keys are held: those that follow, and what came before
 * @param atLeast whether counting has stopped at a limit, so that there may be more of each
 */
public record DeadLetterImpact(long events, long keys, long followers, boolean atLeast) {}
