package dev.outbox;

/**
 * What a decision about quarantined events would touch, as of now.
 *
 * @param events the quarantined events themselves
 * @param keys how many keys they belong to
 * @param followers how many later events of those keys wait behind them, and would be let go in their order
 * @param atLeast whether counting has stopped at a limit, so that there may be more of each
 */
public record Impact(long events, long keys, long followers, boolean atLeast) {}
