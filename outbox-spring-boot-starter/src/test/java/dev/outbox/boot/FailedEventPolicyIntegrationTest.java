package dev.outbox.boot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import dev.outbox.inbox.DeadLetter;
import dev.outbox.inbox.DeadLetterFilter;
import dev.outbox.inbox.DeadLetters;
import dev.outbox.inbox.FailedEventPolicy;
import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.inbox.RedriveResult;
import dev.outbox.spi.AccessControl;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.kafka.annotation.KafkaListener;

/** What becomes of an event that listeners with {@code @Inbox} fail on, and of those behind it: of its key, "a", and of another one, "b", all in one partition. */
class FailedEventPolicyIntegrationTest extends InboxListeners {
    private static final Duration A_WHILE = Duration.ofSeconds(30);
    private static final String WHY = "the handler is repaired";
    private static final int MOST_ATTEMPTS = 2;

    FailedEventPolicyIntegrationTest() {
        super(1);
    }

    /** What one consumer does with an event: fails on "a1" until it is repaired. */
    private static final class Handler {
        private final String consumer;
        private final Taken taken;
        private final Queue<String> tried = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean broken = new AtomicBoolean(true);

        private Handler(String consumer, Taken taken) {
            this.consumer = consumer;
            this.taken = taken;
        }

        private void handle(InboxMessage event) {
            String what = new String(event.payload(), UTF_8);
            tried.add(what);
            taken.add(consumer + " " + what);
            if (broken.get() && what.equals("a1")) throw new IllegalStateException("not this one");
        }

        private List<String> handled() {
            return taken.all().stream()
                    .filter(row -> row.startsWith(consumer + " "))
                    .map(row -> row.substring(consumer.length() + 1))
                    .toList();
        }

        private List<String> handled(String key) {
            return handled().stream().filter(what -> what.startsWith(key)).toList();
        }

        private DeadLetterFilter itsLetters() {
            return DeadLetterFilter.of(consumer);
        }
    }

    /** A consumer that takes records and one that takes batches, both with the policy to be tested. */
    private abstract static class Consumers {
        final Handler records;
        final Handler batches;

        Consumers(Taken taken) {
            records = new Handler("records", taken);
            batches = new Handler("batches", taken);
        }

        List<Handler> both() {
            return List.of(records, batches);
        }
    }

    static final class HoldingKeys extends Consumers {
        HoldingKeys(Taken taken) {
            super(taken);
        }

        @KafkaListener(topics = "${topic}")
        @Inbox("records")
        void on(InboxMessage event) {
            records.handle(event);
        }

        @KafkaListener(topics = "${topic}", batch = "true")
        @Inbox("batches")
        void on(List<InboxMessage> events) {
            events.forEach(batches::handle);
        }
    }

    static final class Continuing extends Consumers {
        Continuing(Taken taken) {
            super(taken);
        }

        @KafkaListener(topics = "${topic}")
        @Inbox(value = "records", onFailure = FailedEventPolicy.CONTINUE)
        void on(InboxMessage event) {
            records.handle(event);
        }

        @KafkaListener(topics = "${topic}", batch = "true")
        @Inbox(value = "batches", onFailure = FailedEventPolicy.CONTINUE)
        void on(List<InboxMessage> events) {
            events.forEach(batches::handle);
        }
    }

    static final class StoppingPartitions extends Consumers {
        StoppingPartitions(Taken taken) {
            super(taken);
        }

        @KafkaListener(topics = "${topic}")
        @Inbox(value = "records", onFailure = FailedEventPolicy.STOP_PARTITION)
        void on(InboxMessage event) {
            records.handle(event);
        }

        @KafkaListener(topics = "${topic}", batch = "true")
        @Inbox(value = "batches", onFailure = FailedEventPolicy.STOP_PARTITION)
        void on(List<InboxMessage> events) {
            events.forEach(batches::handle);
        }
    }

    @BeforeEach
    void createDeadLetterTopic() {
        kafka.createTopic(topic + ".DLT", 1);
    }

    private <C extends Consumers> void run(Class<C> consumers, BiConsumer<C, DeadLetters> test) {
        application(Tables.class)
                .withBean(consumers)
                .withBean(AccessControl.class, () -> AccessControl.allowAll("olga"))
                .withPropertyValues(
                        "outbox.inbox.retry.max-attempts=" + MOST_ATTEMPTS,
                        "outbox.inbox.retry.max-delay=50ms",
                        // each try again is a new position, which waits for the fetch under way
                        "spring.kafka.consumer.fetch-max-wait=10ms")
                .run(context -> test.accept(context.getBean(consumers), context.getBean(DeadLetters.class)));
    }

    /** Before the application starts, so that batches have several of them. */
    private List<UUID> publish(String... all) {
        List<UUID> ids = new ArrayList<>();
        for (String what : all) ids.add(send(what.substring(0, 1), "OrderPlaced", what));
        producer.flush();
        return ids;
    }

    private static List<DeadLetter> letters(DeadLetters aside, Handler handler) {
        return aside.list(handler.itsLetters(), 0, 10);
    }

    @Test
    void hold_key_lets_later_events_of_the_key_follow_untried_and_a_redrive_handles_all_in_order() {
        List<UUID> ids = publish("a1", "b1", "a2", "b2", "a3");
        run(HoldingKeys.class, (consumers, aside) -> {
            for (Handler handler : consumers.both()) {
                await().atMost(A_WHILE).until(() -> letters(aside, handler).size() == 3);
                await().atMost(A_WHILE).until(handler::handled, List.of("b1", "b2")::equals);
                assertThat(letters(aside, handler))
                        .extracting(DeadLetter::eventId, DeadLetter::attempts, DeadLetter::follower)
                        .containsExactly(
                                tuple(ids.get(0), MOST_ATTEMPTS, false),
                                tuple(ids.get(2), 0, true),
                                tuple(ids.get(4), 0, true));
                assertThat(handler.tried).doesNotContain("a2", "a3");
                handler.broken.set(false);
                assertThat(aside.redrive(handler.itsLetters(), 10, WHY)).isEqualTo(new RedriveResult(3, List.of(), ""));
                assertThat(handler.handled()).containsExactly("b1", "b2", "a1", "a2", "a3");
                assertThat(letters(aside, handler)).isEmpty();
            }
            publish("a4");
            for (Handler handler : consumers.both())
                await().atMost(A_WHILE).until(() -> handler.handled("a"), List.of("a1", "a2", "a3", "a4")::equals);
        });
    }

    @Test
    void continue_handles_later_events_of_the_key_before_the_failed_one() {
        List<UUID> ids = publish("a1", "b1", "a2", "b2", "a3");
        run(Continuing.class, (consumers, aside) -> {
            for (Handler handler : consumers.both()) {
                await().atMost(A_WHILE).until(handler::handled, List.of("b1", "a2", "b2", "a3")::equals);
                assertThat(letters(aside, handler))
                        .extracting(DeadLetter::eventId, DeadLetter::attempts, DeadLetter::follower)
                        .containsExactly(tuple(ids.get(0), MOST_ATTEMPTS, false));
                handler.broken.set(false);
                assertThat(aside.redrive(handler.itsLetters(), 10, WHY)).isEqualTo(new RedriveResult(1, List.of(), ""));
                assertThat(handler.handled("a")).containsExactly("a2", "a3", "a1");
                assertThat(letters(aside, handler)).isEmpty();
            }
        });
    }

    @Test
    void stop_partition_tries_again_without_end_and_handles_all_in_order_when_it_works() {
        publish("a1", "b1", "a2", "b2", "a3");
        run(StoppingPartitions.class, (consumers, aside) -> {
            for (Handler handler : consumers.both()) {
                // a batch that fails is tried once more, one by one: two tries for each delivery
                await().atMost(A_WHILE).until(() -> handler.tried.size() > 4 * MOST_ATTEMPTS);
                assertThat(handler.tried).containsOnly("a1");
                assertThat(handler.handled()).isEmpty();
                assertThat(letters(aside, handler)).isEmpty();
                handler.broken.set(false);
                await().atMost(A_WHILE).until(handler::handled, List.of("a1", "b1", "a2", "b2", "a3")::equals);
                assertThat(letters(aside, handler)).isEmpty();
            }
        });
    }

    @Test
    void a_key_that_is_held_stays_so_when_the_policy_becomes_stop_partition_but_not_when_it_becomes_continue() {
        publish("a1");
        run(HoldingKeys.class, (consumers, aside) -> {
            for (Handler handler : consumers.both())
                await().atMost(A_WHILE).until(() -> letters(aside, handler).size() == 1);
        });
        publish("a2", "b1");
        run(StoppingPartitions.class, (consumers, aside) -> {
            for (Handler handler : consumers.both()) {
                await().atMost(A_WHILE).until(handler::handled, List.of("b1")::equals);
                assertThat(letters(aside, handler))
                        .extracting(DeadLetter::follower)
                        .containsExactly(false, true);
            }
        });
        publish("a3");
        run(Continuing.class, (consumers, aside) -> {
            for (Handler handler : consumers.both())
                await().atMost(A_WHILE).until(handler::handled, List.of("b1", "a3")::equals);
        });
    }
}
