package dev.outbox.sample.mockplatform.domain;

/** How the mock of the data platform answers. */
public enum MockMode {
    /** It takes what comes, at once. */
    OK,
    /** It takes nothing, and answers 503. */
    UNAVAILABLE,
    /** It takes what comes, and answers when nobody waits any longer: the answer is lost. */
    SLOW,
    /** It takes nothing, and answers 422: something is wrong with what comes. */
    REJECT
}
