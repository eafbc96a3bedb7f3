package dev.outbox.relay;

import dev.outbox.spi.EventSender;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A broker for many events: keeps the sequences of each key in the order in which it stored them. */
final class DeliveryLog implements EventSender {
    private final Map<String, List<Long>> stored = new HashMap<>();
    private volatile @Nullable UUID refused;

    void refuse(@Nullable UUID event) {
        refused = event;
    }

    @Override
    public CompletionStage<SentPosition> send(OutboxRecord event) {
        if (event.eventId().equals(refused)) {
            return CompletableFuture.failedFuture(SendException.ofEventForGood(new IllegalStateException("refused")));
        }
        synchronized (stored) {
            stored.computeIfAbsent(event.aggregateId(), key -> new ArrayList<>())
                    .add(event.seq());
        }
        return Broker.acknowledged();
    }

    /** By key. */
    Map<String, List<Long>> stored() {
        Map<String, List<Long>> copy = new HashMap<>();
        synchronized (stored) {
            stored.forEach((key, seqs) -> copy.put(key, List.copyOf(seqs)));
        }
        return copy;
    }

    int count(String key) {
        synchronized (stored) {
            return stored.getOrDefault(key, List.of()).size();
        }
    }
}
