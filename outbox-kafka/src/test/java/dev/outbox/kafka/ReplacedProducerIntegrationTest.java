package dev.outbox.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.spi.FailureScope;
import dev.outbox.spi.SendException;
import dev.outbox.spi.SentPosition;
import dev.outbox.test.KafkaOptions;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.TestServers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Producers that become useless with a real broker behind them. */
@Timeout(120)
class ReplacedProducerIntegrationTest {
    private static final Duration SEND = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void a_producer_closed_underneath_is_replaced_and_what_it_held_fails_for_a_reason_of_the_broker() {
        KafkaServer kafka = TestServers.kafka();
        String topic = kafka.uniqueTopic("closed", 1);
        Map<String, Object> settings =
                new HashMap<>(KafkaEventSender.settings(Map.of("bootstrap.servers", kafka.bootstrapServers()), SEND));
        List<Producer<byte[], byte[]>> created = new CopyOnWriteArrayList<>();
        try (KafkaEventSender sender = new KafkaEventSender(
                () -> {
                    // the first one holds back what it gets
                    settings.put("linger.ms", created.isEmpty() ? 60_000 : 0);
                    settings.put("delivery.timeout.ms", 120_000);
                    created.add(new KafkaProducer<>(settings));
                    return created.get(created.size() - 1);
                },
                "/test",
                Duration.ZERO,
                null)) {
            CompletableFuture<SentPosition> held =
                    sender.send(AnEvent.on(topic)).toCompletableFuture();
            created.get(0).close(Duration.ZERO);

            assertThat(held)
                    .failsWithin(PATIENCE)
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOfSatisfying(
                            SendException.class,
                            failure -> assertThat(failure.scope()).isEqualTo(FailureScope.BROKER));
            assertThat(sender.send(AnEvent.on(topic)).toCompletableFuture()).succeedsWithin(PATIENCE);
            assertThat(created).hasSize(2);
        }
    }

    /** Without a replacement this one never sends: the client forgets to ask for its producer id again (KAFKA-20237). */
    @Test
    void a_user_that_is_created_after_the_start_is_let_in() throws Exception {
        try (KafkaServer kafka = KafkaServer.start(withPasswords())) {
            String topic = kafka.uniqueTopic("login", 1);
            try (KafkaEventSender sender = KafkaEventSender.create(login(kafka), SEND, "/test")) {
                assertThat(sender.send(AnEvent.on(topic)).toCompletableFuture())
                        .failsWithin(PATIENCE)
                        .withThrowableThat()
                        .havingCause()
                        .isInstanceOfSatisfying(
                                SendException.class,
                                failure -> assertThat(failure.scope()).isEqualTo(FailureScope.BROKER));

                createUser(kafka);
                await().atMost(PATIENCE).ignoreExceptions().until(() -> {
                    sender.send(AnEvent.on(topic)).toCompletableFuture().join();
                    return true;
                });
            }
        }
    }

    /** Passwords are asked for on the second address. */
    private static KafkaOptions withPasswords() {
        return KafkaOptions.temporary()
                .withProxy()
                .withSetting(
                        "listener.security.protocol.map",
                        "CONTROLLER:PLAINTEXT,DIRECT:PLAINTEXT,PROXIED:SASL_PLAINTEXT")
                .withSetting("sasl.enabled.mechanisms", "SCRAM-SHA-256")
                .withSetting(
                        "listener.name.proxied.scram-sha-256.sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    }

    private static Map<String, Object> login(KafkaServer kafka) {
        return Map.of(
                "bootstrap.servers", kafka.proxiedBootstrapServers(),
                "security.protocol", "SASL_PLAINTEXT",
                "sasl.mechanism", "SCRAM-SHA-256",
                "sasl.jaas.config",
                        "org.apache.kafka.common.security.scram.ScramLoginModule required username=relay password=secret;");
    }

    private static void createUser(KafkaServer kafka) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
            ScramCredentialInfo scram = new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4_096);
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion("relay", scram, "secret")))
                    .all()
                    .get();
        }
    }
}
