package dev.outbox.relay;

import dev.outbox.spi.EventSender;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.spi.SentPosition;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Remembers in which order it was asked, and answers as told; by default with an acknowledgement. */
final class Broker implements EventSender {
    private final List<UUID> received = new CopyOnWriteArrayList<>();
    private volatile Function<OutboxRecord, CompletionStage<SentPosition>> answer = event -> acknowledged();

    void answer(Function<OutboxRecord, CompletionStage<SentPosition>> answer) {
        this.answer = answer;
    }

    void failFirst(int times, UUID id) {
        int[] left = {times};
        answer(event -> event.eventId().equals(id) && left[0]-- > 0
                ? CompletableFuture.failedFuture(new IllegalStateException("not now"))
                : acknowledged());
    }

    static CompletableFuture<SentPosition> acknowledged() {
        return CompletableFuture.completedFuture(new SentPosition("t", 0, 0));
    }

    /** So far. */
    List<UUID> received() {
        return List.copyOf(received);
    }

    @Override
    public CompletionStage<SentPosition> send(OutboxRecord event) {
        received.add(event.eventId());
        return answer.apply(event);
    }
}
