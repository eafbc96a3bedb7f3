package dev.outbox.console;

import static dev.outbox.console.Api.DORIS;
import static dev.outbox.console.Api.NOBODY;
import static dev.outbox.console.Api.OLGA;
import static dev.outbox.console.Api.VICTOR;
import static dev.outbox.console.Api.somebody;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.console.Api.Answer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.http.MediaType;
import tools.jackson.databind.JsonNode;

/** Who may see and do what by the REST API and the actuator endpoint, and what is left of it in the audit trail. */
class ConsoleAccessIntegrationTest extends RunningConsole {
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
}
