package dev.outbox.console;

import java.util.UUID;

/** A replay that was asked for is not there. */
final class UnknownReplayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownReplayException(UUID replayId) {
        super(
                "There is no replay %s: none was started with this id on the tables of this application. List the latest ones."
                        .formatted(replayId));
    }
}
