package dev.outbox.console;

import static dev.outbox.console.Api.OLGA;
import static dev.outbox.console.Api.VICTOR;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.EventStatus;
import dev.outbox.console.Api.Answer;
import java.net.URLEncoder;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** What the REST API shows of events, and what may be decided about them. */
class ConsoleIntegrationTest extends RunningConsole {
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
        assertThat(found(all + "&eventId=" + ids.get(3))).containsExactly(ids.get(3));
        assertThat(found(all + "&eventId=")).hasSize(5);
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
        quarantine(publish("B"), "too large");
        assertThat(api.get(VICTOR, "/outbox/api/quarantine/impact?eventId=" + head)
                        .body())
                .isEqualTo(impact.body());
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
                "There is no such condition. The conditions are aggregateId, aggregateType, error, eventId, eventType, from, status, topic, until.");
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
            events?evenType=x              | evenType  | There is no such condition. The conditions are aggregateId, aggregateType, error, eventId, eventType, from, status, topic, until.
            quarantine/impact?evenType=x   | evenType  | There is no such condition. The conditions are aggregateId, aggregateType, error, eventId, eventType, from, status, topic, until.
            events?eventId=17              | eventId   | '17' is not allowed. It has to be a UUID, such as 01234567-89ab-cdef-0123-456789abcdef.
            events/17                      | eventId   | '17' is not allowed. It has to be a UUID, such as 01234567-89ab-cdef-0123-456789abcdef.
            """)
    void a_request_that_is_not_understood_is_told_what_is_allowed(String request, String field, String sentence)
            throws Exception {
        Answer answer = api.get(VICTOR, "/outbox/api/" + request);
        assertProblem(answer, 400, sentence);
        assertThat(answer.text("field")).isEqualTo(field);
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
    void the_state_tells_how_many_events_wait_for_how_long_and_who_works_on_them() throws Exception {
        publish("A");
        Answer state = api.get(VICTOR, "/outbox/api/state");
        assertThat(state.status()).isEqualTo(200);
        assertThat(state.json().propertyNames()).containsExactlyInAnyOrder("events", "oldestAge", "lanes");
        assertThat(state.json().path("events").path("PENDING").asInt()).isPositive();
        assertThat(state.text("oldestAge")).matches("PT[0-9HMS.]+");
        assertThat(state.json().path("lanes").isArray()).isTrue();
    }
}
