package dev.outbox.kafka;

import dev.outbox.spi.EventSender;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.spi.SentPosition;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Tells before which send a relay is; it goes on when that call returns. */
final class SteppedSender implements EventSender {
    private final EventSender target;
    private final int midWave;
    private final Consumer<Step> at;
    private final AtomicInteger sends = new AtomicInteger();
    private volatile CompletableFuture<?> underWay = CompletableFuture.completedFuture(null);

    /** @param midWave how many events are answered before the one that is in the middle of a wave */
    SteppedSender(EventSender target, int midWave, Consumer<Step> at) {
        this.target = target;
        this.midWave = midWave;
        this.at = at;
    }

    @Override
    public CompletionStage<SentPosition> send(OutboxRecord event) {
        int before = sends.getAndIncrement();
        if (before == 0) at.accept(Step.READ);
        if (before == midWave) {
            underWay.join();
            at.accept(Step.MID_WAVE);
        }
        CompletionStage<SentPosition> sent = target.send(event);
        underWay = CompletableFuture.allOf(
                underWay, sent.handle((position, failure) -> true).toCompletableFuture());
        return sent;
    }
}
