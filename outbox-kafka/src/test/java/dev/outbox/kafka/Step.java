package dev.outbox.kafka;

/** A moment in a relay's work on a batch, in their order. */
enum Step {
    /** The lane is claimed, and that is committed. */
    CLAIMED,
    /** The batch is read, and nothing of it is sent. */
    READ,
    /** A part of a wave is acknowledged, and the rest is not handed to the broker yet. */
    MID_WAVE,
    /** All that was sent is acknowledged; the lane's row is locked, and nothing is marked. */
    ACKNOWLEDGED,
    /** The marks are written, and not committed. */
    MARKING,
    /** The marks are committed. */
    MARKED,
    /** An event goes to quarantine, and its dead letter is stored with it; neither is committed. */
    QUARANTINING,
    /** Both are committed, and the dead letter is not read yet. */
    QUARANTINED
}
