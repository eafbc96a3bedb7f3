package dev.outbox.console;

import static dev.outbox.console.Api.OLGA;
import static dev.outbox.console.Api.VICTOR;
import static dev.outbox.console.Api.somebody;
import static dev.outbox.console.RunningConsole.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.console.Api.Answer;
import dev.outbox.inbox.Inbox;
import dev.outbox.inbox.InboxMessage;
import dev.outbox.test.KafkaServer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.web.context.WebApplicationContext;
import tools.jackson.databind.JsonNode;

/** Dead letters by REST, of an application with a listener that fails, Spring Security as it comes, PostgreSQL and Kafka. */
@Timeout(120)
class DeadLetterConsoleIntegrationTest {
    private static final String LETTERS = "/outbox/api/dead-letters";
    private static final String MINE = LETTERS + "?consumer=notification";
    private static final String HANDLINGS = "/outbox/api/handlings/";
    private static final String WHY = "{\"reason\": \"repaired\", \"consumer\": \"notification\"}";

    /** Events of which aggregates the listener cannot handle. */
    private static final Set<String> BROKEN = ConcurrentHashMap.newKeySet();

    private static final Set<UUID> HANDLED = ConcurrentHashMap.newKeySet();

    static final class Listener {
        @KafkaListener(topics = "${topic}")
        @Inbox("notification")
        void on(InboxMessage event) {
            if (BROKEN.contains(event.aggregateId())) throw new IllegalStateException("not yet");
            HANDLED.add(event.eventId());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Consumer {
        @Bean
        Listener listener() {
            return new Listener();
        }
    }

    private static final KafkaServer KAFKA = TestServers.kafka();
    private static final String TOPIC = KAFKA.uniqueTopic("letters", 1);
    private static final KafkaProducer<String, byte[]> PRODUCER = new KafkaProducer<>(
            Map.of("bootstrap.servers", KAFKA.bootstrapServers()), new StringSerializer(), new ByteArraySerializer());

    private static ConfigurableApplicationContext consumer;
    private static Api api;

    /** So that tests do not see each other's events. */
    private final String aggregate = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        PostgresSchema schema = TestServers.postgres().createSchema("letters");
        KAFKA.createTopic(TOPIC + ".DLT", 1);
        consumer = new SpringApplicationBuilder(Consumer.class)
                .run(
                        "--server.port=0",
                        "--topic=" + TOPIC,
                        "--spring.application.name=consumer",
                        "--spring.datasource.url=" + schema.jdbcUrl(),
                        "--spring.datasource.username=" + schema.username(),
                        "--spring.datasource.password=" + schema.password(),
                        "--spring.kafka.bootstrap-servers=" + KAFKA.bootstrapServers(),
                        "--outbox.relay.enabled=false",
                        "--outbox.schema.initialize=true",
                        "--outbox.inbox.schema.initialize=true",
                        "--outbox.inbox.retry.max-attempts=1");
        api = new Api((WebApplicationContext) consumer, true);
    }

    @AfterAll
    static void stop() {
        consumer.close();
        PRODUCER.close();
    }

    @Test
    void dead_letters_come_by_condition_and_page_by_page() throws Exception {
        List<String> ids = putAside(3);
        String all = MINE + "&aggregateId=" + aggregate;
        Answer first = api.get(VICTOR, all + "&size=2");
        assertThat(first.status()).isEqualTo(200);
        assertThat(ids(first)).containsExactlyElementsOf(ids.subList(0, 2));
        Answer second = api.get(VICTOR, all + "&size=2&after=" + first.text("next"));
        assertThat(ids(second)).containsExactly(ids.get(2));
        assertThat(second.json().path("next").isNull()).isTrue();
        assertThat(ids(api.get(VICTOR, MINE + "&eventIds=%s,%s".formatted(ids.get(2), ids.get(0)))))
                .containsExactly(ids.get(0), ids.get(2));
        assertThat(ids(api.get(VICTOR, all + "&aggregateType=Order&eventType=OrderPlaced&topic=" + TOPIC)))
                .hasSize(3);
        assertThat(ids(api.get(VICTOR, all + "&eventType=another"))).isEmpty();
        assertThat(ids(api.get(VICTOR, LETTERS + "?consumer=another"))).isEmpty();
    }

    @Test
    void one_is_shown_with_its_failure_and_without_its_payload() throws Exception {
        String id = putAside(1).get(0);
        Answer answer = api.get(VICTOR, LETTERS + "/%s?consumer=notification".formatted(id));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("error")).isEqualTo("java.lang.IllegalStateException: not yet");
        assertThat(answer.json().path("key").path("aggregateId").asString()).isEqualTo(aggregate);
        assertThat(answer.json().path("source").path("topic").asString()).isEqualTo(TOPIC);
        assertThat(answer.text("failedAt")).matches("\\d{4}-.*Z");
        assertThat(answer.body()).doesNotContain("the payload");
        UUID unknown = UUID.randomUUID();
        assertProblem(
                api.get(VICTOR, LETTERS + "/%s?consumer=notification".formatted(unknown)),
                404,
                "There is no dead letter of event %s for the consumer 'notification': it has been handled or discarded, or it never was one."
                        .formatted(unknown));
    }

    @Test
    void what_a_redrive_would_touch_is_told_and_then_redriven_with_lines_in_the_audit_trail() throws Exception {
        List<String> ids = putAside(2);
        Answer impact = api.get(VICTOR, LETTERS + "/impact?consumer=notification&eventIds=" + ids.get(0));
        assertThat(impact.body()).isEqualTo("{\"events\":1,\"keys\":1,\"followers\":1,\"atLeast\":false}");
        String redrive = """
                {"reason": "the template is there", "limit": 10, "filter": {"consumer": "notification", "eventIds": ["%s"]}}
                """.formatted(ids.get(0));
        Answer failed = api.post(OLGA, LETTERS + "/redrive", redrive);
        assertThat(failed.status()).isEqualTo(200);
        assertThat(failed.json().path("handled").asInt()).isZero();
        assertThat(failed.json().path("failed").get(0).path("error").asString())
                .isEqualTo("java.lang.IllegalStateException: not yet");
        BROKEN.remove(aggregate);
        assertThat(api.post(OLGA, LETTERS + "/redrive", redrive).body())
                .isEqualTo("{\"handled\":2,\"failed\":[],\"outage\":\"\"}");
        assertThat(HANDLED).contains(UUID.fromString(ids.get(0)), UUID.fromString(ids.get(1)));
        JsonNode lines = api.get(VICTOR, "/outbox/api/audit?size=4").json().path("lines");
        assertThat(texts(lines, "action")).containsExactly("REDRIVE_RESULT", "REDRIVE", "REDRIVE_RESULT", "REDRIVE");
        assertThat(texts(lines, "operator")).containsOnly("olga");
        assertThat(texts(lines, "reason")).containsOnly("the template is there");
        assertThat(lines.get(1).path("eventId").asString()).isEqualTo(ids.get(0));
    }

    @Test
    void how_far_an_event_has_got_is_shown_from_failure_to_success() throws Exception {
        String id = putAside(1).get(0);
        JsonNode handlings = api.get(VICTOR, HANDLINGS + id).json();
        assertThat(texts(handlings, "consumer")).containsExactly("notification");
        assertThat(texts(handlings, "status")).containsExactly("DEAD_LETTER");
        assertThat(texts(handlings, "result")).containsExactly("java.lang.IllegalStateException: not yet");
        assertThat(handlings.get(0).path("attempts").asInt()).isEqualTo(1);
        assertThat(texts(handlings, "handledAt")).first().asString().matches("\\d{4}-.*Z");
        BROKEN.remove(aggregate);
        api.post(
                OLGA,
                LETTERS + "/redrive",
                "{\"reason\": \"repaired\", \"filter\": {\"consumer\": \"notification\", \"eventIds\": [\"%s\"]}}"
                        .formatted(id));
        assertThat(texts(api.get(VICTOR, HANDLINGS + id).json(), "status")).containsExactly("HANDLED");
    }

    @Test
    void one_is_discarded_once() throws Exception {
        String id = putAside(1).get(0);
        String path = LETTERS + "/%s/discard".formatted(id);
        assertThat(api.post(OLGA, path, WHY).body()).isEqualTo("{\"decided\":true}");
        assertProblem(
                api.post(OLGA, path, WHY),
                409,
                "Event %s is no dead letter of the consumer 'notification': somebody else was quicker, or it never was. Nothing was changed; list what is there."
                        .formatted(id));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            dead-letters                              | consumer    | Name the consumer whose dead letters are meant.
            dead-letters?consumer=%20                 | consumer    | Name the consumer whose dead letters are meant.
            dead-letters/01234567-89ab-cdef-0123-456789abcdef | consumer | Name the consumer whose dead letters are meant.
            dead-letters/17?consumer=x                | eventId     | '17' is not allowed. It has to be a UUID, such as 01234567-89ab-cdef-0123-456789abcdef.
            dead-letters?consumer=x&eventIds=17       | eventIds    | '17' is not allowed. It has to be a UUID, such as 01234567-89ab-cdef-0123-456789abcdef.
            dead-letters?consumer=x&size=501          | size        | A page has 1 to 500 entries, not 501.
            dead-letters?consumer=x&after=y           | after       | 'y' is not allowed. It has to be a whole number.
            dead-letters?consumer=x&status=y          | status      | There is no such condition. The conditions are aggregateId, aggregateType, consumer, eventIds, eventType, topic.
            dead-letters/impact?consumer=x&evenType=y | evenType    | There is no such condition. The conditions are aggregateId, aggregateType, consumer, eventIds, eventType, topic.
            """)
    void a_request_that_is_not_understood_is_told_what_is_allowed(String request, String field, String sentence)
            throws Exception {
        Answer answer = api.get(VICTOR, "/outbox/api/" + request);
        assertProblem(answer, 400, sentence);
        assertThat(answer.text("field")).isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            {"reason": "x"}                                               | filter   | It is missing. Name at least the consumer, as in {"consumer": "notification"}.
            {"reason": "x", "filter": {}}                                 | consumer | Name the consumer whose dead letters are meant.
            {"reason": "x", "filter": {"consumer": "another"}}            | consumer | This application has no listener for the consumer 'another': redrive its dead letters where it has one, or correct the name.
            {"reason": "x", "filter": {"consumer": "a"}, "limit": 1001}   | limit    | One request redrives 1 to 1000 dead letters, not 1001.
            {"reason": " ", "filter": {"consumer": "notification"}}       | reason   | The audit trail needs a reason of 1 to 500 characters; this one has 0.
            {"reason": "x", "filter": {"consumer": "a", "evnetType": ""}} | evnetType | There is no such condition. The conditions are aggregateId, aggregateType, consumer, eventIds, eventType, topic.
            """)
    void a_redrive_that_is_not_understood_is_told_what_is_allowed(String body, String field, String sentence)
            throws Exception {
        Answer answer = api.post(OLGA, LETTERS + "/redrive", body);
        assertProblem(answer, 400, sentence);
        assertThat(answer.text("field")).isEqualTo(field);
    }

    @Test
    void nothing_is_discarded_without_a_reason() throws Exception {
        String id = putAside(1).get(0);
        for (String body :
                List.of("{\"consumer\": \"notification\"}", "{\"consumer\": \"notification\", \"reason\": \" \"}"))
            assertProblem(
                    api.post(OLGA, LETTERS + "/%s/discard".formatted(id), body),
                    400,
                    "The audit trail needs a reason of 1 to 500 characters; this one has 0.");
        assertThat(ids(api.get(VICTOR, MINE + "&eventIds=" + id))).containsExactly(id);
    }

    @Test
    void who_may_only_see_changes_nothing_and_who_may_not_see_is_shown_nothing() throws Exception {
        String id = putAside(1).get(0);
        String redrive = "{\"reason\": \"x\", \"filter\": {\"consumer\": \"notification\"}}";
        String sentence =
                "%s is required, and '%s' does not have it. Grant the authority %1$s to those who operate the outbox.";
        for (Answer answer : List.of(
                api.post(VICTOR, LETTERS + "/redrive", redrive),
                api.post(VICTOR, LETTERS + "/%s/discard".formatted(id), WHY)))
            assertProblem(answer, 403, sentence.formatted("OUTBOX_OPERATE", "victor"));
        for (String path : List.of(
                MINE,
                LETTERS + "/%s?consumer=notification".formatted(id),
                LETTERS + "/impact?consumer=notification",
                HANDLINGS + id))
            assertProblem(
                    api.get(somebody("olaf", "OUTBOX_OPERATE"), path), 403, sentence.formatted("OUTBOX_VIEW", "olaf"));
        assertThat(ids(api.get(VICTOR, MINE + "&eventIds=" + id))).containsExactly(id);
    }

    /** The first fails, the others follow. */
    private List<String> putAside(int events) throws Exception {
        BROKEN.add(aggregate);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < events; i++) ids.add(send().toString());
        await().until(() ->
                ids(api.get(VICTOR, MINE + "&aggregateId=" + aggregate)).size() == events);
        return ids;
    }

    private UUID send() {
        UUID id = UUID.randomUUID();
        ProducerRecord<String, byte[]> record = new ProducerRecord<>(TOPIC, aggregate, "the payload".getBytes(UTF_8));
        Map<String, String> headers = Map.of(
                "ce_id", id.toString(),
                "ce_type", "OrderPlaced",
                "ce_subject", aggregate,
                "ce_aggregatetype", "Order",
                "ce_time", "2026-11-21T10:15:30Z");
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        PRODUCER.send(record);
        return id;
    }

    private static List<String> ids(Answer page) {
        return texts(page.json().path("letters"), "eventId");
    }

    private static List<String> texts(JsonNode list, String field) {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : list) texts.add(element.path(field).asString());
        return texts;
    }
}
