package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.spi.FailureScope;
import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class ClosedPartitionsTest {
    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(oneDeadPartition(), false, null, new ByteArraySerializer(), new ByteArraySerializer());
    private final KafkaEventSender sender = new KafkaEventSender(() -> producer, "/test");

    @Test
    void after_a_send_has_expired_the_others_fail_at_once() {
        CompletableFuture<SentPosition> first = send();
        expire();
        assertThat(first).isCompletedExceptionally();
        for (int i = 0; i < 5; i++) {
            assertThat(send())
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(
                            SendException.class,
                            failure -> assertThat(failure.scope()).isEqualTo(FailureScope.TOPIC));
        }
    }

    @Test
    void one_of_them_is_the_watch_and_its_acknowledgement_opens_the_partition() {
        send();
        expire();
        send();
        send();
        assertThat(producer.history()).as("the first and the watch").hasSize(2);
        expire();
        send();
        send();
        assertThat(producer.history()).as("and the next watch").hasSize(3);
        inTheProducersThread(producer::completeNext);
        CompletableFuture<SentPosition> next = send();
        assertThat(next).isNotDone();
        inTheProducersThread(producer::completeNext);
        assertThat(next).isCompleted();
    }

    @Test
    void a_watch_that_finds_the_broker_gone_leaves_that_to_the_next_send() {
        send();
        expire();
        send();
        inTheProducersThread(() -> producer.errorNext(new TimeoutException("and nobody has answered meanwhile")));
        assertThat(send()).isNotDone();
    }

    @Test
    void what_fails_without_waiting_closes_nothing() {
        send();
        inTheProducersThread(() -> producer.errorNext(new TopicAuthorizationException("t")));
        assertThat(send()).isNotDone();
    }

    @Test
    void other_topics_go_on() {
        send();
        expire();
        assertThat(sender.send(AnEvent.on("other")).toCompletableFuture()).isNotDone();
    }

    private void expire() {
        inTheProducersThread(() -> producer.errorNext(new NotEnoughReplicasException("x")));
    }

    private static void inTheProducersThread(Runnable action) {
        CompletableFuture.runAsync(action).join();
    }

    private CompletableFuture<SentPosition> send() {
        return sender.send(AnEvent.on("t")).toCompletableFuture();
    }

    private static Cluster oneDeadPartition() {
        Node[] nobody = {};
        List<PartitionInfo> partitions = List.of(
                new PartitionInfo("t", 0, null, nobody, nobody), new PartitionInfo("other", 0, null, nobody, nobody));
        return new Cluster("c", List.of(), partitions, Set.of(), Set.of());
    }
}
