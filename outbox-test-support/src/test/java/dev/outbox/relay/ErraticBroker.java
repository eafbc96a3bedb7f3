package dev.outbox.relay;

import dev.outbox.spi.EventSender;
import dev.outbox.spi.OutboxRecord;
import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers at random, and remembers what it has stored. */
final class ErraticBroker implements EventSender {
    enum Answer {
        STORED,
        STORED_AND_NOT_SAID,
        REFUSED,
        REFUSED_FOR_GOOD,
        TOPIC_CLOSED,
        GONE,
        SILENT
    }

    /** @param replay null if it is no copy */
    private record Stored(String key, long seq, @Nullable String replay) {}

    private final Random random;
    private final List<Stored> stored = new ArrayList<>();
    private final Map<Answer, Integer> answers = new EnumMap<>(Answer.class);

    ErraticBroker(long seed) {
        random = new Random(seed);
    }

    @Override
    public synchronized CompletionStage<SentPosition> send(OutboxRecord event) {
        String replay = event.headers().get("ce_replayid");
        Answer answer = next(replay == null ? 1_000 : 5_000); // a replay stands at each failure
        answers.merge(answer, 1, Integer::sum);
        if (answer == Answer.STORED || answer == Answer.STORED_AND_NOT_SAID) {
            stored.add(
                    new Stored(event.aggregateId(), event.seq(), event.headers().get("ce_replayid")));
        }
        IllegalStateException reason = new IllegalStateException(answer.name());
        return switch (answer) {
            case STORED -> Broker.acknowledged();
            case STORED_AND_NOT_SAID, SILENT -> new CompletableFuture<>();
            case REFUSED -> CompletableFuture.failedFuture(SendException.ofEvent(reason));
            case REFUSED_FOR_GOOD -> CompletableFuture.failedFuture(SendException.ofEventForGood(reason));
            case TOPIC_CLOSED -> CompletableFuture.failedFuture(SendException.ofTopic(reason));
            case GONE -> CompletableFuture.failedFuture(SendException.ofBroker(reason));
        };
    }

    private Answer next(int sides) {
        int dice = random.nextInt(sides);
        if (dice < 80) return Answer.REFUSED;
        if (dice < 95) return Answer.REFUSED_FOR_GOOD;
        if (dice < 125) return Answer.TOPIC_CLOSED;
        if (dice < 140) return Answer.GONE;
        if (dice < 148) return Answer.STORED_AND_NOT_SAID;
        if (dice < 153) return Answer.SILENT;
        return Answer.STORED;
    }

    /** The kinds of answers that it has given. */
    synchronized Set<Answer> answers() {
        return Set.copyOf(answers.keySet());
    }

    /** The sequence numbers of each key, in the order of first deliveries, without some, and without copies. */
    synchronized Map<String, List<Long>> firstDeliveries(Set<Long> without) {
        return byKey(event -> event.replay() == null && !without.contains(event.seq()));
    }

    /** The same of the copies of a replay. */
    synchronized Map<String, List<Long>> firstCopies(UUID replay) {
        return byKey(event -> replay.toString().equals(event.replay()));
    }

    private Map<String, List<Long>> byKey(Predicate<Stored> which) {
        return stored.stream()
                .filter(which)
                .distinct()
                .collect(Collectors.groupingBy(
                        Stored::key, LinkedHashMap::new, Collectors.mapping(Stored::seq, Collectors.toList())));
    }

    /** The sequence numbers of copies that came before the events themselves. */
    synchronized Set<Long> copiesBeforeTheirEvents() {
        Set<Long> delivered = new HashSet<>();
        Set<Long> early = new HashSet<>();
        for (Stored event : stored) {
            if (event.replay() == null) delivered.add(event.seq());
            else if (!delivered.contains(event.seq())) early.add(event.seq());
        }
        return early;
    }
}
