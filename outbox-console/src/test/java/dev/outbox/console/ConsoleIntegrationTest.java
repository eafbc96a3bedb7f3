package dev.outbox.console;

import static dev.outbox.console.Api.DORIS;
import static dev.outbox.console.Api.NOBODY;
import static dev.outbox.console.Api.OLGA;
import static dev.outbox.console.Api.VICTOR;
import static dev.outbox.console.Api.somebody;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.EventStatus;
import dev.outbox.OutboxMessage;
import dev.outbox.OutboxPublisher;
import dev.outbox.console.Api.Answer;
import dev.outbox.test.PostgresSchema;
import dev.outbox.test.TestServers;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.context.WebApplicationContext;
import tools.jackson.databind.JsonNode;

/** The REST API of an application with Spring Security as it comes, on PostgreSQL. */
@Timeout(120)
class ConsoleIntegrationTest {
    private static final String WHY = "{\"reason\": \"the topic is there now\"}";

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Shop {}

    private static ConfigurableApplicationContext shop;
    private static Api api;
    private static JdbcClient jdbc;

    /** So that tests do not see each other's events. */
    private final String type = "Type" + UUID.randomUUID();

    @BeforeAll
    static void start() {
        shop = start(TestServers.postgres().createSchema("console"));
        api = new Api((WebApplicationContext) shop, true);
        jdbc = shop.getBean(JdbcClient.class);
    }

    /** Nothing is relayed there. */
    static ConfigurableApplicationContext start(PostgresSchema schema) {
        return new SpringApplicationBuilder(Shop.class)
                .run(
                        "--server.port=0",
                        "--spring.application.name=shop",
                        "--spring.datasource.url=" + schema.jdbcUrl(),
                        "--spring.datasource.username=" + schema.username(),
                        "--spring.datasource.password=" + schema.password(),
                        "--outbox.schema.initialize=true",
                        "--outbox.relay.enabled=false",
                        "--outbox.inbox.enabled=false",
                        "--spring.autoconfigure.exclude=org.springframework.boot.kafka.autoconfigure.KafkaAutoConfiguration",
                        "--management.endpoints.web.exposure.include=outbox");
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void events_come_by_condition_and_page_by_page() throws Exception {
        List<String> ids =
                IntStream.range(0, 5).mapToObj(i -> publish("A" + i).toString()).toList();
        Answer first = api.get(VICTOR, "/outbox/api/events?size=3&eventType=" + type);
        assertThat(first.status()).isEqualTo(200);
        assertThat(texts(first.json().path("events"), "eventId")).containsExactly(ids.get(4), ids.get(3), ids.get(2));
        Answer second =
                api.get(VICTOR, "/outbox/api/events?size=3&eventType=%s&before=%s".formatted(type, first.text("next")));
        assertThat(texts(second.json().path("events"), "eventId")).containsExactly(ids.get(1), ids.get(0));
        assertThat(second.json().path("next").isNull()).isTrue();

        quarantine(UUID.fromString(ids.get(2)), "100% too large");
        String all = "/outbox/api/events?eventType=" + type;
        assertThat(found(all + "&status=QUARANTINED")).containsExactly(ids.get(2));
        assertThat(found(all + "&status=QUARANTINED,PENDING")).hasSize(5);
        assertThat(found(all + "&status=QUARANTINED&status=PENDING")).hasSize(5);
        assertThat(found(all + "&status=")).hasSize(5);
        assertThat(found(all + "&error=100%25%20too")).containsExactly(ids.get(2));
        assertThat(found(all + "&aggregateType=Order&aggregateId=A3")).containsExactly(ids.get(3));
        assertThat(found(all + "&topic=Order")).hasSize(5);
        assertThat(found(all + "&topic=another")).isEmpty();
        assertThat(found(all + "&from=2020-01-01T00:00:00Z")).hasSize(5);
        assertThat(found(all + "&until=" + URLEncoder.encode("2020-01-01T01:00:00+01:00", UTF_8)))
                .isEmpty();
    }

    @Test
    void an_event_is_shown_with_its_failure_and_without_its_payload() throws Exception {
        UUID id = publish("A");
        quarantine(id, "too large");
        Answer answer = api.get(VICTOR, "/outbox/api/events/" + id);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("status")).isEqualTo("QUARANTINED");
        assertThat(answer.text("error")).isEqualTo("too large");
        assertThat(answer.text("createdAt")).matches("\\d{4}-.*Z");
        assertThat(answer.body()).doesNotContain("the payload");
    }

    @Test
    void a_payload_is_shown_to_who_says_why_and_the_audit_trail_has_it() throws Exception {
        UUID id = publish("A");
        Answer answer = api.post(DORIS, "/outbox/api/events/%s/payload".formatted(id), WHY);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("contentType")).isEqualTo("application/json");
        assertThat(answer.text("text")).isEqualTo("\"the payload\"");
        assertThat(answer.json().path("base64").isNull()).isTrue();
        assertThat(answer.cacheControl()).isEqualTo("no-store");
        JsonNode line =
                api.get(VICTOR, "/outbox/api/audit?size=1").json().path("lines").get(0);
        assertThat(line.path("action").asString()).isEqualTo("VIEW_PAYLOAD");
        assertThat(line.path("operator").asString()).isEqualTo("doris");
        assertThat(line.path("eventId").asString()).isEqualTo(id.toString());
        assertThat(line.path("reason").asString()).isEqualTo("the topic is there now");
    }

    @Test
    void a_payload_that_is_encrypted_is_not_shown_without_its_key() throws Exception {
        UUID id = publish("A");
        jdbc.sql("UPDATE outbox_events SET encryption_key_id = '2026-11' WHERE event_id = :id")
                .param("id", id)
                .update();
        assertProblem(
                api.post(DORIS, "/outbox/api/events/%s/payload".formatted(id), WHY),
                409,
                "The payload of event %s (%s of Order A) is encrypted with the key '2026-11', and this application has no key ring. Set outbox.encryption.enabled=true and add the key to outbox.encryption.keys, or look at it where the key is."
                        .formatted(id, type));
    }

    @Test
    void who_may_do_everything_else_is_not_shown_a_payload() throws Exception {
        String path = "/outbox/api/events/%s/payload".formatted(publish("A"));
        assertProblem(
                api.post(OLGA, path, WHY),
                403,
                "OUTBOX_DECRYPT is required, and 'olga' does not have it. Grant the authority OUTBOX_DECRYPT to those who operate the outbox.");
        assertThat(api.post(NOBODY, path, WHY).status()).isEqualTo(401);
        assertThat(api.get(DORIS, path).status()).isEqualTo(405);
    }

    @Test
    void who_asks_for_the_payload_of_an_event_that_is_not_there_is_told_so() throws Exception {
        UUID id = UUID.randomUUID();
        assertProblem(
                api.post(DORIS, "/outbox/api/events/%s/payload".formatted(id), WHY),
                404,
                "There is no event %s: it was never published, its transaction was rolled back, or it has been removed already."
                        .formatted(id));
    }

    @Test
    void who_asks_for_an_event_that_is_not_there_is_told_so() throws Exception {
        UUID id = UUID.randomUUID();
        Answer answer = api.get(VICTOR, "/outbox/api/events/" + id);
        assertProblem(
                answer,
                404,
                "There is no event %s: it was never published, its transaction was rolled back, or it has been removed already."
                        .formatted(id));
        assertThat(answer.text("instance")).isEqualTo("/outbox/api/events/" + id);
        assertThat(answer.text("title")).isEqualTo("Not Found");
    }

    @Test
    void the_quarantine_is_shown_by_cause_with_what_a_decision_would_touch() throws Exception {
        UUID head = publish("A");
        quarantine(head, "too large");
        set(publish("A"), EventStatus.BLOCKED, null);
        JsonNode group = StreamSupport.stream(
                        api.get(VICTOR, "/outbox/api/quarantine").json().spliterator(), false)
                .filter(one -> one.path("eventType").asString().equals(type))
                .findFirst()
                .orElseThrow();
        assertThat(group.path("example").asString()).isEqualTo(head.toString());
        assertThat(group.path("events").asInt()).isEqualTo(1);
        Answer impact = api.get(VICTOR, "/outbox/api/quarantine/impact?eventType=" + type);
        assertThat(impact.body()).isEqualTo("{\"events\":1,\"keys\":1,\"followers\":1,\"atLeast\":false}");
    }

    @Test
    void an_event_is_decided_once() throws Exception {
        for (String decision : List.of("approve", "discard")) {
            UUID id = publish("A");
            quarantine(id, "too large");
            String path = "/outbox/api/events/%s/%s".formatted(id, decision);
            Answer decided = api.post(OLGA, path, WHY);
            assertThat(decided.status()).isEqualTo(200);
            assertThat(decided.body()).isEqualTo("{\"decided\":true}");
            assertProblem(
                    api.post(OLGA, path, WHY),
                    409,
                    "Event %s is not in quarantine: somebody else was quicker, or it never was. Nothing was changed; look at its state."
                            .formatted(id));
            assertThat(status(id)).isEqualTo(decision.equals("approve") ? "PENDING" : "DISCARDED");
        }
    }

    @Test
    void what_matches_a_filter_is_decided_and_nothing_else() throws Exception {
        UUID large = publish("A");
        UUID refused = publish("B");
        quarantine(large, "too large");
        quarantine(refused, "refused");
        Answer discarded = api.post(OLGA, "/outbox/api/quarantine/discard", """
                {"reason": "cannot be sent", "filter": {"status": ["QUARANTINED"], "eventType": "%s", "error": "large"}}
                """.formatted(type));
        assertThat(discarded.body()).isEqualTo("{\"decided\":1,\"missed\":0,\"more\":false}");
        assertThat(status(large)).isEqualTo("DISCARDED");
        assertThat(status(refused)).isEqualTo("QUARANTINED");
        api.post(OLGA, "/outbox/api/quarantine/approve", """
                {"reason": "may go", "filter": {"eventType": "%s"}}
                """.formatted(type));
        assertThat(status(refused)).isEqualTo("PENDING");
    }

    @Test
    void a_decision_about_everything_is_not_made_by_a_slip() throws Exception {
        UUID id = publish("A");
        quarantine(id, "too large");
        for (String slip : List.of("{\"reason\": \"x\"}", "{\"reason\": \"x\", \"filter\": null}"))
            assertProblem(
                    api.post(OLGA, "/outbox/api/quarantine/discard", slip),
                    400,
                    "It is missing. Give conditions, or {} for everything that is in quarantine.");
        Answer misspelt = api.post(
                OLGA, "/outbox/api/quarantine/discard", "{\"reason\": \"x\", \"filter\": {\"evnetType\": \"none\"}}");
        assertProblem(
                misspelt,
                400,
                "There is no such condition. The conditions are aggregateId, aggregateType, error, eventType, from, status, topic, until.");
        assertThat(misspelt.text("field")).isEqualTo("evnetType");
        assertThat(status(id)).isEqualTo("QUARANTINED");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            events?status=LOST             | status    | 'LOST' is not known. It is one of PENDING, RETRYING, BLOCKED, QUARANTINED, PUBLISHED, DISCARDED.
            events?from=yesterday          | from      | 'yesterday' is no time. Write it like 2026-11-21T10:15:30Z.
            events?until=2026-11-21        | until     | '2026-11-21' is no time. Write it like 2026-11-21T10:15:30Z.
            events?from=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z | until | The period ends at 2026-01-01T00:00:00Z, before it begins at 2026-01-02T00:00:00Z.
            events?topic=a%00b             | topic     | It holds the character U+0000, which no text of an event has.
            events?size=0                  | size      | A page has 1 to 500 entries, not 0.
            events?size=501                | size      | A page has 1 to 500 entries, not 501.
            audit?size=501                 | size      | A page has 1 to 500 entries, not 501.
            events?size=many               | size      | 'many' is not allowed. It has to be a whole number.
            events?before=x                | before    | 'x' is not allowed. It has to be a whole number.
            events?evenType=x              | evenType  | There is no such condition. The conditions are aggregateId, aggregateType, error, eventType, from, status, topic, until.
            quarantine/impact?evenType=x   | evenType  | There is no such condition. The conditions are aggregateId, aggregateType, error, eventType, from, status, topic, until.
            events/17                      | eventId   | '17' is not allowed. It has to be a UUID, such as 01234567-89ab-cdef-0123-456789abcdef.
            """)
    void a_request_that_is_not_understood_is_told_what_is_allowed(String request, String field, String sentence)
            throws Exception {
        Answer answer = api.get(VICTOR, "/outbox/api/" + request);
        assertProblem(answer, 400, sentence);
        assertThat(answer.text("field")).isEqualTo(field);
    }

    @Test
    void nothing_is_changed_without_a_reason() throws Exception {
        UUID id = publish("A");
        quarantine(id, "too large");
        for (String path : List.of(
                "events/%s/approve", "events/%s/discard", "events/%s/payload", "quarantine/approve", "pauses")) {
            Answer answer = api.post(
                    OLGA,
                    "/outbox/api/" + path.formatted(id),
                    "{\"reason\": \" \", \"filter\": {}, \"scope\": \"EVERYTHING\"}");
            assertProblem(answer, 400, "The audit trail needs a reason of 1 to 500 characters; this one has 0.");
            assertThat(answer.text("field")).isEqualTo("reason");
        }
        assertProblem(
                api.post(OLGA, "/outbox/api/events/%s/approve".formatted(id), "{}"),
                400,
                "The audit trail needs a reason of 1 to 500 characters; this one has 0.");
        assertProblem(
                api.post(OLGA, "/outbox/api/events/%s/approve".formatted(id), "not JSON"),
                400,
                "The body is missing, is no JSON, or has a value of another type than it should have. It has to be an object such as {\"reason\": \"the topic is there now\"}.");
        assertThat(status(id)).isEqualTo("QUARANTINED");
    }

    @Test
    void something_is_paused_shown_and_resumed() throws Exception {
        String pause = "{\"scope\": \"TOPIC\", \"target\": \"%s\", \"reason\": \"maintenance\"}".formatted(type);
        assertThat(api.post(OLGA, "/outbox/api/pauses", pause).body()).isEqualTo("{\"changed\":true}");
        assertThat(api.post(OLGA, "/outbox/api/pauses", pause).body()).isEqualTo("{\"changed\":false}");
        assertThat(api.get(VICTOR, "/outbox/api/pauses").body())
                .contains("{\"scope\":\"TOPIC\",\"target\":\"%s\"}".formatted(type));
        assertThat(api.post(OLGA, "/outbox/api/pauses/resume", pause).body()).isEqualTo("{\"changed\":true}");
        assertThat(api.get(VICTOR, "/outbox/api/pauses").body()).doesNotContain(type);

        Answer unknown = api.post(OLGA, "/outbox/api/pauses", "{\"scope\": \"WORLD\", \"reason\": \"x\"}");
        assertProblem(unknown, 400, "'WORLD' is not known. It is one of EVERYTHING, TOPIC, LANE.");
        assertProblem(
                api.post(OLGA, "/outbox/api/pauses", "{\"scope\": \"LANE\", \"target\": \"A\", \"reason\": \"x\"}"),
                400,
                "There is no LANE 'A' to pause. A TOPIC has its name, a LANE its number, and EVERYTHING nothing.");
    }

    @Test
    void the_audit_trail_is_read_page_by_page_and_exported_as_a_whole() throws Exception {
        UUID id = publish("A");
        quarantine(id, "too large");
        api.post(OLGA, "/outbox/api/events/%s/discard".formatted(id), """
                {"reason": "=HYPERLINK(\\"http://evil\\"), \\"quoted\\""}
                """);
        jdbc.sql("""
                        INSERT INTO outbox_audit (recorded_at, operator, action, subject, event_id, reason)
                        SELECT now(), 'night-job', 'APPROVE', 'one of many', NULL, 'number ' || n FROM generate_series(1, 1200) n
                        """).update();

        Answer page = api.get(VICTOR, "/outbox/api/audit?size=500");
        assertThat(page.json().path("lines")).hasSize(500);
        Answer next = api.get(VICTOR, "/outbox/api/audit?size=1&before=" + page.text("next"));
        assertThat(next.json().path("lines").get(0).path("reason").asString()).isEqualTo("number 700");

        Answer export = api.get(VICTOR, "/outbox/api/audit.csv");
        assertThat(export.type()).isEqualTo("text/csv;charset=UTF-8");
        List<String> lines = List.of(export.body().split("\r\n"));
        assertThat(lines.get(0)).isEqualTo("\"id\",\"at\",\"operator\",\"action\",\"subject\",\"eventId\",\"reason\"");
        assertThat(lines)
                .hasSize(1
                        + jdbc.sql("SELECT count(*) FROM outbox_audit")
                                .query(Integer.class)
                                .single())
                .doesNotHaveDuplicates()
                .anyMatch(line -> line.endsWith(
                        "\"olga\",\"DISCARD\",\"event %1$s\",\"%1$s\",\"'=HYPERLINK(\"\"http://evil\"\"), \"\"quoted\"\"\""
                                .formatted(id)));
    }

    @Test
    void who_may_only_see_changes_nothing() throws Exception {
        UUID id = publish("A");
        quarantine(id, "too large");
        String sentence =
                "OUTBOX_OPERATE is required, and 'victor' does not have it. Grant the authority OUTBOX_OPERATE to those who operate the outbox.";
        for (String path : List.of(
                "events/" + id + "/approve", "events/" + id + "/discard", "quarantine/approve", "quarantine/discard"))
            assertProblem(
                    api.post(VICTOR, "/outbox/api/" + path, "{\"reason\": \"x\", \"filter\": {}}"), 403, sentence);
        for (String path : List.of("pauses", "pauses/resume"))
            assertProblem(
                    api.post(VICTOR, "/outbox/api/" + path, "{\"reason\": \"x\", \"scope\": \"EVERYTHING\"}"),
                    403,
                    sentence);
        assertThat(status(id)).isEqualTo("QUARANTINED");
    }

    @Test
    void who_may_not_see_is_shown_nothing() throws Exception {
        for (String path : List.of(
                "state",
                "events",
                "events/" + publish("A"),
                "quarantine",
                "quarantine/impact",
                "pauses",
                "audit",
                "audit.csv"))
            assertProblem(
                    api.get(somebody("olaf", "OUTBOX_OPERATE"), "/outbox/api/" + path),
                    403,
                    "OUTBOX_VIEW is required, and 'olaf' does not have it. Grant the authority OUTBOX_VIEW to those who operate the outbox.");
    }

    @Test
    void spring_security_turns_away_who_is_not_logged_in_and_what_has_no_csrf_token() throws Exception {
        UUID id = publish("A");
        quarantine(id, "too large");
        String path = "/outbox/api/events/%s/approve".formatted(id);
        assertThat(api.get(NOBODY, "/outbox/api/events").status()).isEqualTo(401);
        assertThat(api.post(NOBODY, path, WHY).status()).isEqualTo(401);
        Answer forged = api.postWithoutToken(OLGA, MediaType.APPLICATION_JSON, path, WHY);
        assertThat(forged.status()).isEqualTo(403);
        assertThat(status(id)).isEqualTo("QUARANTINED");
        assertThat(api.post(OLGA, path, WHY).status()).isEqualTo(200);
    }

    @Test
    void the_state_tells_how_many_events_wait_for_how_long_and_who_works_on_them() throws Exception {
        publish("A");
        Answer state = api.get(VICTOR, "/outbox/api/state");
        assertThat(state.status()).isEqualTo(200);
        assertThat(state.json().propertyNames()).containsExactlyInAnyOrder("events", "oldestAge", "lanes");
        assertThat(state.json().path("events").path("PENDING").asInt()).isPositive();
        assertThat(state.text("oldestAge")).matches("PT[0-9HMS.]+");
        assertThat(state.json().path("lanes").isArray()).isTrue();
    }

    @Test
    void the_actuator_endpoint_shows_how_it_is_with_the_outbox_to_who_may_see_it() throws Exception {
        UUID id = publish("A");
        quarantine(id, "too large");
        Answer shown = api.get(VICTOR, "/actuator/outbox");
        assertThat(shown.status()).isEqualTo(200);
        assertThat(shown.json().propertyNames())
                .containsExactlyInAnyOrder("state", "pauses", "quarantined", "quarantine", "replays");
        assertThat(shown.json().path("state").path("events").path("QUARANTINED").asInt())
                .isPositive();
        assertThat(shown.json().path("quarantined").path("events").asInt()).isPositive();
        assertThat(shown.body()).contains(id.toString());

        Answer denied = api.get(somebody("olaf", "OUTBOX_OPERATE"), "/actuator/outbox");
        assertThat(denied.status()).isEqualTo(403);
        assertThat(denied.text("detail"))
                .isEqualTo(
                        "OUTBOX_VIEW is required, and 'olaf' does not have it. Grant the authority OUTBOX_VIEW to those who operate the outbox.");
        assertThat(api.get(NOBODY, "/actuator/outbox").status()).isEqualTo(401);
    }

    private static List<String> found(String path) throws Exception {
        return texts(api.get(VICTOR, path).json().path("events"), "eventId");
    }

    static List<String> texts(JsonNode list, String field) {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : list) texts.add(element.path(field).asString());
        return texts;
    }

    static void assertProblem(Answer answer, int status, String sentence) {
        assertThat(answer.type()).as(answer.body()).isEqualTo("application/problem+json");
        assertThat(answer.text("detail")).isEqualTo(sentence);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
    }

    private UUID publish(String orderId) {
        OutboxPublisher publisher = shop.getBean(OutboxPublisher.class);
        return Objects.requireNonNull(shop.getBean(TransactionTemplate.class)
                .execute(status -> publisher.publish(OutboxMessage.of("Order", orderId, type, "the payload"))));
    }

    private static void quarantine(UUID id, String error) {
        set(id, EventStatus.QUARANTINED, error);
    }

    private static void set(UUID id, EventStatus status, @Nullable String error) {
        jdbc.sql(
                        "UPDATE outbox_events SET status = :status, last_error = CAST(:error AS varchar), failed_at = created_at WHERE event_id = :id")
                .param("status", status.name())
                .param("error", error)
                .param("id", id)
                .update();
    }

    private static String status(UUID id) {
        return jdbc.sql("SELECT status FROM outbox_events WHERE event_id = :id")
                .param("id", id)
                .query(String.class)
                .single();
    }
}
