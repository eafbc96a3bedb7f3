package dev.outbox.console;

import java.util.UUID;

/** A replay is not in a state for what was asked. */
final class ReplayStateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param needed in which state it would have to be */
    ReplayStateException(UUID replayId, String needed) {
        super(
                "Replay %s is not %s: somebody else was quicker, it has ended, or it never was. Nothing was changed; look at its state."
                        .formatted(replayId, needed));
    }
}
