package dev.outbox.sample.dataplatform.infra;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A call to the data platform that may work the next time. The data platform may have taken the event all the same. */
final class CallFailedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    CallFailedException(String reason, @Nullable Throwable cause) {
        super(reason, cause);
    }
}
