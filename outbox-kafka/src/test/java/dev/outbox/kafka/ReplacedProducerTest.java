package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.outbox.spi.FailureScope;
import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ReplacedProducerTest {
    private static final SaslAuthenticationException FATAL = new SaslAuthenticationException("wrong password");

    private final List<FakeProducer> created = new CopyOnWriteArrayList<>();
    private @Nullable RuntimeException refusal;
    private final KafkaEventSender sender = new KafkaEventSender(this::create, "/test", Duration.ZERO, null);

    private final Logger log = (Logger) LoggerFactory.getLogger(KafkaEventSender.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        logged.start();
        log.addAppender(logged);
    }

    @AfterEach
    void stopListening() {
        log.detachAppender(logged);
        sender.close();
    }

    @Test
    void a_producer_that_is_of_no_more_use_is_replaced_with_the_next_send() {
        CompletableFuture<SentPosition> failing = send();
        first().errorNext(FATAL);
        assertThat(failing).isCompletedExceptionally();
        assertThat(first().closedAfter).containsExactly(Duration.ZERO);

        CompletableFuture<SentPosition> next = send();
        assertThat(created).hasSize(2);
        created.get(1).completeNext();
        assertThat(next).isCompleted();
        assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "The Kafka producer is of no more use and is replaced; what it had under way is sent again:"
                                + " org.apache.kafka.common.errors.SaslAuthenticationException: wrong password");
    }

    @Test
    void one_that_throws_is_replaced_as_well() {
        first().sendException = new IllegalStateException("Cannot perform operation after producer has been closed");
        assertThat(scopeOf(send())).isEqualTo(FailureScope.BROKER);
        send();
        assertThat(created).hasSize(2);
    }

    @Test
    void other_failures_leave_it_in_place() {
        CompletableFuture<SentPosition> failing = send();
        first().errorNext(new TimeoutException("x"));
        assertThat(failing).isCompletedExceptionally();
        send();
        assertThat(created).hasSize(1);
        assertThat(first().closedAfter).isEmpty();
    }

    @Test
    void what_it_had_under_way_fails_for_a_reason_of_the_broker() {
        List<CompletableFuture<SentPosition>> underWay = List.of(send(), send(), send());
        first().errorNext(FATAL);
        assertThat(underWay).allSatisfy(sent -> assertThat(scopeOf(sent)).isEqualTo(FailureScope.BROKER));
        send();
        assertThat(created).hasSize(2);
    }

    /** Kafka fails each send of a fatal producer, from its own thread and in send(). */
    @Test
    void of_many_that_fail_with_it_the_first_replaces_it() throws Exception {
        int threads = 8;
        first().sendException = FATAL;
        ExecutorService senders = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch together = new CountDownLatch(threads);
            List<? extends Future<?>> sends = IntStream.range(0, threads)
                    .mapToObj(i -> senders.submit(() -> {
                        together.countDown();
                        together.await();
                        for (int n = 0; n < 200; n++) send();
                        return null;
                    }))
                    .toList();
            for (Future<?> send : sends) send.get(30, TimeUnit.SECONDS);
        } finally {
            senders.shutdownNow();
        }
        assertThat(created).hasSize(2);
        assertThat(first().closedAfter).hasSize(1);
        assertThat(created.get(1).closed()).isFalse();
        assertThat(logged.list).hasSize(1);
    }

    @Test
    void when_none_can_be_created_the_send_fails_for_a_reason_of_the_broker_and_the_next_one_tries_again() {
        first().sendException = FATAL;
        send();
        refusal = new KafkaException("Failed to construct kafka producer");
        assertThat(send())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        SendException.class,
                        failure -> assertThat(failure.scope()).isEqualTo(FailureScope.BROKER))
                .withCause(refusal);
        refusal = null;
        send();
        assertThat(created).hasSize(2);
    }

    /** A wrong password: each event of a batch would cost a producer. */
    @Test
    void one_that_fails_young_is_not_replaced_at_once() {
        KafkaEventSender patient = new KafkaEventSender(this::create, "/test", Duration.ofMinutes(1), null);
        created.get(1).sendException = new ClusterAuthorizationException("no");
        for (int i = 0; i < 100; i++) {
            assertThat(patient.send(AnEvent.on("t")).toCompletableFuture())
                    .failsWithin(Duration.ZERO)
                    .withThrowableThat()
                    .havingCause()
                    .withCause(created.get(1).sendException);
        }
        assertThat(created).hasSize(2);
        patient.close();
    }

    @Test
    void a_closed_sender_creates_none() {
        sender.close();
        assertThat(first().closedAfter).containsExactly(Duration.ofSeconds(5));
        assertThat(scopeOf(send())).isEqualTo(FailureScope.BROKER);
        assertThat(created).hasSize(1);
    }

    private FakeProducer first() {
        return created.get(0);
    }

    private Producer<byte[], byte[]> create() {
        if (refusal != null) throw refusal;
        FakeProducer producer = new FakeProducer();
        created.add(producer);
        return producer;
    }

    private CompletableFuture<SentPosition> send() {
        return sender.send(AnEvent.on("t")).toCompletableFuture();
    }

    private static FailureScope scopeOf(CompletableFuture<SentPosition> sent) {
        return assertThat(sent)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .asInstanceOf(InstanceOfAssertFactories.throwable(SendException.class))
                .actual()
                .scope();
    }

    /** Fails what is under way when it is closed, as a real one does that is closed without waiting. */
    private static final class FakeProducer extends MockProducer<byte[], byte[]> {
        final List<Duration> closedAfter = new CopyOnWriteArrayList<>();

        FakeProducer() {
            super(false, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public void close(Duration timeout) {
            closedAfter.add(timeout);
            super.close(timeout);
            while (errorNext(new KafkaException("Producer is closed forcefully."))) {}
        }
    }
}
