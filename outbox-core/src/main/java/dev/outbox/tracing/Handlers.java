package dev.outbox.tracing;

import io.micrometer.observation.Observation;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the handlers of observations, which are not ours: whatever they throw, an event is stored and sent all the same. Otherwise a mistake in tracing would roll back
 * business transactions, and send events to quarantine that nothing is wrong with.
 */
final class Handlers {
    private static final Logger log = LoggerFactory.getLogger(Handlers.class);

    private final AtomicBoolean told = new AtomicBoolean();

    /** The observation, started; without effect where that fails. */
    Observation started(Supplier<Observation> notStarted) {
        Observation[] observation = {Observation.NOOP};
        return tell(() -> observation[0] = notStarted.get().start()) ? observation[0] : Observation.NOOP;
    }

    /** Whether nothing was thrown. */
    boolean tell(Runnable call) {
        try {
            call.run();
            return true;
        } catch (RuntimeException | LinkageError e) {
            if (told.compareAndSet(false, true)) {
                log.warn(
                        "Tracing of outbox events fails: {}. They are stored and sent without a trace. Correct the observation handlers, or set outbox.tracing.enabled=false.",
                        e.toString());
            }
            log.debug("Tracing of an outbox event fails.", e);
            return false;
        }
    }

    /** A header, as propagators write it. */
    static void put(@Nullable Map<String, String> headers, String name, String value) {
        if (headers != null) headers.put(name, value);
    }
}
