package dev.outbox.sample.dataplatform.infra;

import java.io.Serial;

/** A call that the data platform has answered, and will always answer, with a no. */
final class CallRefusedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    CallRefusedException(String reason) {
        super(reason);
    }
}
