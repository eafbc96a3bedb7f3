package dev.outbox.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.sample.ShopClient.Answer;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** What goes wrong, and what an operator does about it by HTTP. It tells what it sees: docs/scenarios.md has what it has told. */
@Timeout(120)
class ScenariosIntegrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Each policy is an application of its own. */
    abstract static class Scenario extends RunningShop {
        static final String API = "/outbox/api";
        private static final int PHOTO = 5_000;
        private static final int LIMIT = 2_000;

        @Autowired
        OutboxPublisher publisher;

        @Autowired
        PlatformTransactionManager transactions;

        final String topic = "parcels-" + UUID.randomUUID();

        static void say(String sentence, Object... values) {
            System.out.printf("| " + sentence + "%n", values);
        }

        Answer outbox(String path) {
            return shop.admin().get(API + path);
        }

        Answer operate(String path, String body) {
            Answer answer = shop.admin().post(API + path, body);
            say("  POST %s %s", API + path, shortened(body));
            say("       %d %s", answer.status(), shortened(answer.body().toString()));
            return answer;
        }

        static String shortened(String text) {
            return text.length() <= 160 ? text : text.substring(0, 160) + " ...";
        }

        String status(UUID event) {
            return outbox("/events/" + event).text("status");
        }

        UUID publish(String parcel, String type, String payload) {
            return new TransactionTemplate(transactions)
                    .execute(status -> publisher.publish(
                            OutboxMessage.of("Parcel", parcel, type, payload).topic(topic)));
        }

        /** Three events of a parcel, of which the broker refuses the second one, and one of another parcel. */
        List<UUID> publishOneThatIsTooLarge() throws Exception {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
                NewTopic small =
                        new NewTopic(topic, 1, (short) 1).configs(Map.of("max.message.bytes", Integer.toString(LIMIT)));
                admin.createTopics(List.of(small)).all().get();
            }
            say(
                    "The topic takes records of %d bytes. Parcel A is packed, photographed (%d bytes) and sent; parcel B is packed.",
                    LIMIT, PHOTO);
            List<UUID> events = new ArrayList<>();
            events.add(publish("A", "ParcelPacked", "packed"));
            events.add(publish("A", "ParcelPhotographed", "x".repeat(PHOTO)));
            events.add(publish("A", "ParcelSent", "sent"));
            events.add(publish("B", "ParcelPacked", "packed"));
            await().atMost(PATIENCE).until(() -> status(events.get(1)).equals("QUARANTINED"));
            await().atMost(PATIENCE).until(() -> status(events.get(3)).equals("PUBLISHED"));
            return events;
        }

        void raiseTheLimit() throws Exception {
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            AlterConfigOp op = new AlterConfigOp(
                    new ConfigEntry("max.message.bytes", Integer.toString(100 * PHOTO)), AlterConfigOp.OpType.SET);
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
                admin.incrementalAlterConfigs(Map.of(resource, List.of(op)))
                        .all()
                        .get();
            }
            await().atMost(PATIENCE).until(this::takesPhotos); // the broker takes it in when it comes to it
            say("The topic takes larger records now.");
        }

        private boolean takesPhotos() throws InterruptedException {
            try (KafkaProducer<String, byte[]> producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", kafka.bootstrapServers()),
                    new StringSerializer(),
                    new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>(topic, "another photo", new byte[2 * PHOTO]))
                        .get();
                return true;
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(RecordTooLargeException.class);
                return false;
            }
        }

        List<String> typesOf(String parcel) {
            return records(topic).stream()
                    .filter(record -> parcel.equals(record.key()))
                    .map(record -> OrdersTopicProbe.header(record, "ce_type"))
                    .toList();
        }

        /** What is in a topic now, without the copies of an event that a relay sends which has not heard of the broker's answer in time. */
        List<ConsumerRecord<String, byte[]>> records(String topic) {
            Map<String, ConsumerRecord<String, byte[]>> first = new LinkedHashMap<>();
            OrdersTopicProbe.records(kafka, topic)
                    .forEach(record -> first.putIfAbsent(
                            OrdersTopicProbe.header(record, "ce_id") + " "
                                    + OrdersTopicProbe.header(record, "ce_replayid"),
                            record));
            return List.copyOf(first.values());
        }
    }

    @Nested
    @TestPropertySource(properties = {"outbox.relay.send-timeout=2s", "outbox.relay.lease=4s"})
    class WhereQuarantineHoldsTheKey extends Scenario {
        @Autowired
        MeterRegistry meters;

        @Test
        void a_failure_then_success() {
            say("");
            say("A failure, then success");
            long product = shop.product(10);
            List<String> orders;
            kafka.pause();
            try {
                say("Kafka does not answer any more. Three orders are placed all the same:");
                orders = IntStream.range(0, 3)
                        .mapToObj(i -> shop.order(newKey(), product, 1))
                        .peek(answer -> say("  POST /api/v1/orders  %d", answer.status()))
                        .map(answer -> answer.text("id"))
                        .toList();
                await().atMost(PATIENCE)
                        .until(() -> meters.counter("outbox.relay.failures", "scope", "broker", "result", "retry")
                                        .count()
                                > 0);
                JsonNode waiting =
                        outbox("/events?status=PENDING&status=RETRYING").body().get("events");
                assertThat(waiting.valueStream()
                                .filter(event ->
                                        orders.contains(event.get("aggregateId").asString())))
                        .hasSize(3)
                        .allSatisfy(event ->
                                assertThat(event.get("attempts").asInt()).isZero());
                say("Sending has failed, and no event has used up an attempt:");
                say("  GET /outbox/api/state  %s", outbox("/state").body().get("events"));
                assertThat(orders)
                        .allSatisfy(
                                order -> assertThat(shop.notifications(order)).isEmpty());
            } finally {
                kafka.resume();
            }
            say("Kafka answers again.");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(orders)
                            .allSatisfy(order ->
                                    assertThat(shop.notifications(order)).hasSize(1)));
            say("Each of the three orders has one notification.");
        }

        @Test
        void quarantine_that_holds_the_key_then_approval() throws Exception {
            say("");
            say("Quarantine that holds the key, then approval (outbox.quarantine.blocks-key=true, the default)");
            List<UUID> events = publishOneThatIsTooLarge();
            await().atMost(PATIENCE).until(() -> status(events.get(2)).equals("BLOCKED"));
            assertThat(typesOf("A")).containsExactly("ParcelPacked");
            say(
                    "The photo is %s, the later event of its parcel %s, and the other parcel's %s.",
                    status(events.get(1)), status(events.get(2)), status(events.get(3)));
            Answer impact = outbox("/quarantine/impact?topic=" + topic);
            say("  GET /outbox/api/quarantine/impact?topic=...  %s", impact.body());
            assertThat(impact.body().get("followers").asLong()).isOne();
            raiseTheLimit();
            assertThat(operate("/events/" + events.get(1) + "/approve", "{\"reason\": \"the topic takes photos now\"}")
                            .status())
                    .isEqualTo(200);
            await().atMost(PATIENCE).until(() -> status(events.get(2)).equals("PUBLISHED"));
            assertThat(typesOf("A")).containsExactly("ParcelPacked", "ParcelPhotographed", "ParcelSent");
            say("In the topic, of parcel A: %s.", typesOf("A"));
            assertThat(outbox("/audit?size=1")
                            .body()
                            .get("lines")
                            .get(0)
                            .get("reason")
                            .asString())
                    .isEqualTo("the topic takes photos now");
        }

        @Test
        void a_dry_run_then_a_replay_by_period() {
            say("");
            say("A dry run, then a replay by period");
            long product = shop.product(10);
            shop.order(newKey(), product, 1);
            Instant from = Instant.now();
            List<String> orders = IntStream.range(0, 5)
                    .mapToObj(i -> shop.order(newKey(), product, 1).text("id"))
                    .toList();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(orders)
                            .allSatisfy(order ->
                                    assertThat(shop.notifications(order)).hasSize(1)));
            Instant until = Instant.now();
            int before = records("orders").size();
            String period = "{\"from\": \"%s\", \"until\": \"%s\"}".formatted(from, until);
            await().atMost(PATIENCE)
                    .until(() -> shop.admin()
                                    .post(API + "/replays/dry-run", period)
                                    .body()
                                    .get("events")
                                    .asLong()
                            == 5);
            Answer shown = operate("/replays/dry-run", period);
            assertThat(shown.status()).isEqualTo(200);
            assertThat(shown.body().get("events").asLong()).isEqualTo(5);
            assertThat(records("orders")).as("after the dry run").hasSize(before);
            say("The dry run has sent nothing.");

            Answer started = operate(
                    "/replays",
                    "{\"token\": \"%s\", \"mode\": \"NORMAL\", \"reason\": \"were they all notified?\"}"
                            .formatted(shown.text("token")));
            assertThat(started.status()).isEqualTo(201);
            String id = started.text("id");
            await().atMost(PATIENCE)
                    .until(() -> outbox("/replays/" + id).text("status").equals("DONE"));
            say(
                    "  GET /outbox/api/replays/...  sent %s of %s",
                    outbox("/replays/" + id).body().get("sent"),
                    outbox("/replays/" + id).body().get("expected"));
            List<ConsumerRecord<String, byte[]>> copies = records("orders").stream()
                    .filter(record -> id.equals(OrdersTopicProbe.header(record, "ce_replayid")))
                    .toList();
            assertThat(copies).extracting(ConsumerRecord::key).containsExactlyInAnyOrderElementsOf(orders);
            String later = shop.order(newKey(), product, 1).text("id");
            await().atMost(PATIENCE).until(() -> shop.notifications(later).size() == 1);
            assertThat(orders)
                    .allSatisfy(order -> assertThat(shop.notifications(order)).hasSize(1));
            say("Five copies are in the topic, and still each order has one notification.");
        }
    }

    @Nested
    @TestPropertySource(properties = "outbox.quarantine.blocks-key=false")
    class WhereQuarantineLetsTheKeyGoOn extends Scenario {
        @Test
        void quarantine_that_lets_the_key_go_on_then_approval() throws Exception {
            say("");
            say("Quarantine that lets the key go on, then approval (outbox.quarantine.blocks-key=false)");
            List<UUID> events = publishOneThatIsTooLarge();
            await().atMost(PATIENCE).until(() -> status(events.get(2)).equals("PUBLISHED"));
            say("The photo is %s, the later event of its parcel %s.", status(events.get(1)), status(events.get(2)));
            raiseTheLimit();
            assertThat(operate(
                                    "/quarantine/approve",
                                    "{\"reason\": \"the topic takes photos now\", \"filter\": {\"topic\": \"%s\"}}"
                                            .formatted(topic))
                            .status())
                    .isEqualTo(200);
            await().atMost(PATIENCE).until(() -> status(events.get(1)).equals("PUBLISHED"));
            assertThat(typesOf("A")).containsExactly("ParcelPacked", "ParcelSent", "ParcelPhotographed");
            say("In the topic, of parcel A: %s.", typesOf("A"));
        }
    }

    @Nested
    @TestPropertySource(
            properties = {
                "outbox.retry.every-failure-counts=true",
                "outbox.retry.max-attempts=2",
                "outbox.retry.exponential.initial-delay=100ms",
                "outbox.relay.probe.first-delay=100ms",
                "outbox.relay.probe.max-delay=200ms",
                "outbox.relay.send-timeout=2s",
                "outbox.relay.lease=4s"
            })
    class WhereEveryFailureCounts extends Scenario {
        @Test
        void quarantine_after_an_outage_then_approval() {
            say("");
            say("Quarantine after an outage, then approval (outbox.retry.every-failure-counts=true, max-attempts=2)");
            long product = shop.product(10);
            String order;
            kafka.pause();
            try {
                order = shop.order(newKey(), product, 1).text("id");
                say("Kafka does not answer. An order is placed all the same.");
                await().atMost(PATIENCE)
                        .until(() -> event(order).get("status").asString().equals("QUARANTINED"));
            } finally {
                kafka.resume();
            }
            assertThat(event(order).get("attempts").asInt()).isEqualTo(2);
            say(
                    "Its event is in quarantine after %s attempts, although nothing is wrong with it.",
                    event(order).get("attempts"));
            say("Kafka answers again.");
            assertThat(operate(
                                    "/quarantine/approve",
                                    "{\"reason\": \"Kafka is back\", \"filter\": {\"aggregateId\": \"%s\"}}"
                                            .formatted(order))
                            .body()
                            .get("decided")
                            .asInt())
                    .isOne();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(shop.notifications(order)).hasSize(1));
            say(
                    "Its event is %s, and the order has one notification.",
                    event(order).get("status").asString());
        }

        private JsonNode event(String order) {
            return outbox("/events?aggregateId=" + order).body().get("events").get(0);
        }
    }
}
