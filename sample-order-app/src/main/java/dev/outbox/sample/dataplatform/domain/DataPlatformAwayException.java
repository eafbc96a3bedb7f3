package dev.outbox.sample.dataplatform.domain;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The data platform takes nothing at the moment, this event or others. */
public final class DataPlatformAwayException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** @param cause the last failure; null if there was none, because it was not asked at all */
    public DataPlatformAwayException(OrderEvent event, int tries, @Nullable Throwable cause) {
        super(
                tries == 0
                        ? "The data platform is not asked at the moment, so %s waits.".formatted(event)
                        : "The data platform seems to be away, so %s waits; tried %d times.".formatted(event, tries),
                cause);
    }
}
