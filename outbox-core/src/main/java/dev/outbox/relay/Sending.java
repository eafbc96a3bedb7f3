package dev.outbox.relay;

import dev.outbox.spi.EventSender;
import dev.outbox.spi.OutboxRecord;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** An event on its way to the broker. */
record Sending(CompletableFuture<?> stage) {
    static Sending start(EventSender sender, OutboxRecord event) {
        try {
            return new Sending(sender.send(event).toCompletableFuture());
        } catch (RuntimeException e) {
            return new Sending(CompletableFuture.failedFuture(e));
        }
    }

    /**
     * Waits for the broker's answer.
     *
     * @return null if it has the event; a {@link TimeoutException} if it has not answered by the end
     */
    @Nullable
    Throwable failure(Deadline end) throws InterruptedException {
        try {
            stage.get(Math.max(0, end.left().toNanos()), TimeUnit.NANOSECONDS);
            return null;
        } catch (ExecutionException e) {
            return e.getCause() == null ? e : e.getCause();
        } catch (TimeoutException e) {
            return new TimeoutException("no acknowledgement in time");
        }
    }
}
