package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(30)
class TopicDurabilityTest {
    private static final Duration SOON = Duration.ofSeconds(5);

    private final Logger log = (Logger) LoggerFactory.getLogger(TopicDurability.class);
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        logged.start();
        log.addAppender(logged);
        log.setLevel(Level.DEBUG);
    }

    @AfterEach
    void stopListening() {
        log.setLevel(null);
        log.detachAppender(logged);
    }

    @Test
    void nobody_waits_for_the_answer() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        TopicDurability durability = new TopicDurability(() -> {
            asked.countDown();
            try {
                boolean unused = new CountDownLatch(1).await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            throw new KafkaException("no answer");
        });
        assertThat(CompletableFuture.runAsync(() -> durability.acknowledged("t")))
                .succeedsWithin(SOON);
        assertThat(asked.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(CompletableFuture.runAsync(durability::close)).succeedsWithin(SOON);
        assertThat(interrupted.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThatCode(() -> durability.acknowledged("other")).doesNotThrowAnyException();
    }

    @Test
    void what_cannot_be_asked_is_told_once_and_only_at_debug() {
        AtomicInteger asked = new AtomicInteger();
        TopicDurability durability = new TopicDurability(() -> {
            asked.incrementAndGet();
            throw new KafkaException("no");
        });
        for (int i = 0; i < 5; i++) durability.acknowledged("t");
        await().atMost(SOON).until(() -> !logged.list.isEmpty());
        durability.acknowledged("t");
        durability.close();
        assertThat(asked).hasValue(1);
        assertThat(logged.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.DEBUG);
    }

    @Test
    void it_asks_as_the_producer_does() {
        Map<String, Object> producer = KafkaEventSender.settings(
                Map.of("bootstrap.servers", "a:1", "sasl.jaas.config", "secret", "my.login.url", "x", "batch.size", 1),
                Duration.ofSeconds(30));
        assertThat(TopicDurability.adminSettings(producer))
                .containsEntry("bootstrap.servers", "a:1")
                .containsEntry("sasl.jaas.config", "secret")
                .containsEntry("my.login.url", "x")
                .doesNotContainKeys("batch.size", "acks", "key.serializer");
    }
}
